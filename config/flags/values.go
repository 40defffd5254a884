package flags

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// invalidValue is an error about the value of a flag. Its text is what the flag wants.
type invalidValue struct{ flag, value, want string }

func (e *invalidValue) Error() string { return e.want }

// checked makes a value say what it wants. The errors of kingpin are those of Go's parsers.
type checked struct {
	kingpin.Value
	flag string
}

func (c checked) Set(text string) error {
	err := c.Value.Set(text)
	if err == nil {
		return nil
	}
	want := err.Error()
	if value, ok := c.Value.(kingpin.Getter); ok {
		switch value.Get().(type) {
		case bool:
			want = "want true or false"
		case time.Duration:
			want = "want a duration: a number and its unit (ms, s, m or h), such as 5m"
		}
	}
	// Files with variables for containers keep quotes and blanks around a value.
	if inner := strings.Trim(text, " \t\r\n\"'`“”‘’"); inner != text && c.Value.Set(inner) == nil {
		want += "; remove the quotes or blanks around it"
	}
	return &invalidValue{c.flag, text, want}
}

// IsBoolFlag tells kingpin that the flag takes no value.
func (c checked) IsBoolFlag() bool {
	value, ok := c.Value.(interface{ IsBoolFlag() bool })
	return ok && value.IsBoolFlag()
}

// IsCumulative tells kingpin that the flag may be repeated.
func (c checked) IsCumulative() bool {
	value, ok := c.Value.(interface{ IsCumulative() bool })
	return ok && value.IsCumulative()
}

// number is a whole number. Unlike kingpin's, it is always decimal: 010 is 10.
type number struct{ value *int32 }

func (n number) String() string { return strconv.Itoa(int(*n.value)) }

func (n number) Set(text string) error {
	value, err := strconv.ParseInt(text, 10, 32)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return errors.New("want a smaller number")
	case err != nil:
		return errors.New("want a whole number, such as 0 or 3")
	}
	*n.value = int32(value)
	return nil
}

// oneOf is one of several words.
type oneOf struct {
	value *string
	words []string
}

func (o oneOf) String() string { return *o.value }

func (o oneOf) Set(text string) error {
	for _, word := range o.words {
		if text == word {
			*o.value = word
			return nil
		}
	}
	return errors.New("want one of " + strings.Join(o.words, ", "))
}
