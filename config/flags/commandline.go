package flags

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/kingpin/v2"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/spelling"
)

// refused converts an error of kingpin about the command line to one that names the argument
// and its cure.
func refused(err error, app *kingpin.Application, args []string) error {
	// kingpin has no types for these errors. The end of the text is what it rejects.
	line, _ := app.ParseContext(args)
	text := err.Error()
	quoted := strings.Trim(text[strings.LastIndexByte(text, ' ')+1:], "'")
	switch {
	case strings.HasPrefix(text, "unknown long flag "):
		return fmt.Errorf("unknown flag %s%s", printable.Text(quoted), didYouMean(app, quoted))
	case strings.HasPrefix(text, "unknown short flag "):
		return unknownShort(app, args)
	case strings.HasPrefix(text, "expected argument for flag "):
		return fmt.Errorf("%s has no value; write %[1]s=VALUE", quoted)
	case strings.HasPrefix(text, "flag ") && strings.HasSuffix(text, " cannot be repeated"):
		return fmt.Errorf("--%s is given more than once; keep one", strings.Split(text, "'")[1])
	case strings.HasPrefix(text, "unexpected ") && line != nil:
		return unexpected(app, args, line.Peek())
	}
	return err
}

// unknownShort returns the error for an argument with one dash.
func unknownShort(app *kingpin.Application, args []string) error {
	i := slices.IndexFunc(args, func(arg string) bool {
		return strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && arg != "-" && arg != "-h"
	})
	if i < 0 {
		return errors.New("unknown flag with one dash; see --help")
	}
	name, _, _ := strings.Cut(args[i], "=")
	return fmt.Errorf("unknown flag %s, and flags have two dashes%s", printable.Text(name), didYouMean(app, name))
}

// unexpected returns the error for an argument that is neither a flag nor the value of one.
func unexpected(app *kingpin.Application, args []string, token *kingpin.Token) error {
	switches := func(arg string) bool {
		flag := app.GetFlag(strings.TrimPrefix(strings.TrimPrefix(arg, "--"), "no-"))
		return strings.HasPrefix(arg, "--") && flag != nil && flag.Model().IsBoolFlag()
	}
	for i, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if ok && value == token.Value && switches(name) {
			name = strings.TrimPrefix(strings.TrimPrefix(name, "--"), "no-")
			return fmt.Errorf("unexpected %q after --%s, which takes no value; write --%[2]s or --no-%[2]s", value, name)
		}
	}
	argument := "unexpected argument " + fmt.Sprintf("%q", printable.Shorten(token.Value, maxShownValue))
	switch first, size := utf8.DecodeRuneInString(token.Value); {
	case token.Value == "":
		return errors.New("unexpected empty argument or single dash; remove it")
	case size > 1 && unicode.Is(unicode.Pd, first):
		return fmt.Errorf("%s begins with the dash %#U; write two ASCII dashes (-) in front of the name of a flag", argument, first)
	}
	name, _, _ := strings.Cut(token.Value, "=")
	if strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml") {
		return fmt.Errorf("%s; did you mean --config.file=%s?", argument, printable.Text(token.Value))
	}
	return fmt.Errorf("%s%s", argument, didYouMean(app, name))
}

const seeHelp = "; see --help"

// maxMeant is the maximum number of flags that a message proposes.
const maxMeant = 3

// didYouMean returns the end of a message: the flags that a misspelt one may stand for, or where
// to find all of them.
func didYouMean(app *kingpin.Application, argument string) string {
	word := strings.ToLower(strings.TrimLeft(argument, "-"))
	word = strings.NewReplacer("_", ".", "。", ".", "．", ".").Replace(word)
	var names, meant []string
	for _, flag := range app.Model().Flags {
		if !flag.Hidden {
			names = append(names, flag.Name)
		}
	}
	if near := spelling.Nearest(word, names); near != "" {
		meant = append(meant, near)
	}
	if len(meant) == 0 && len(word) > 2 {
		for _, name := range names {
			if strings.Contains(name, word) && len(meant) < maxMeant {
				meant = append(meant, name)
			}
		}
	}
	if len(meant) == 0 {
		return seeHelp
	}
	return "; did you mean --" + strings.Join(meant, " or --") + "?"
}
