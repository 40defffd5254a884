package pages

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colours returns the custom properties of a part of the style sheet that are colours.
func colours(css string) map[string]string {
	found := make(map[string]string)
	for _, property := range regexp.MustCompile(`--(\w+): (#[0-9a-f]{3,6});`).FindAllStringSubmatch(css, -1) {
		found[property[1]] = property[2]
	}
	return found
}

// luminance returns the relative luminance of a colour as WCAG 2 defines it.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	digits := colour[1:]
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// Text in every colour is readable on both grounds, light and dark: 4.5 to 1 is the minimum of
// WCAG 2, level AA.
func TestContrast(t *testing.T) {
	const dark = "@media (prefers-color-scheme: dark)"
	before, after, found := strings.Cut(string(pageCSS), dark)
	if !found {
		t.Fatalf("no %s in the style sheet", dark)
	}
	for scheme, css := range map[string]string{"light": before, "dark": after} {
		all := colours(css)
		if len(all) != 11 {
			t.Fatalf("%s: %d colours, want 11: %v", scheme, len(all), all)
		}
		for _, ground := range []string{"ground", "raised"} {
			for name, colour := range all {
				if name == "ground" || name == "raised" || name == "line" { // no text has these colours
					continue
				}
				a, b := luminance(t, colour), luminance(t, all[ground])
				if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f to 1", scheme, name, ground, ratio)
				}
			}
		}
	}
	// Every colour of the style sheet is one of those.
	if other := regexp.MustCompile(`[^-]color: (#|rgb|hsl)[^;]*|background: (#|rgb|hsl)[^;]*`).FindString(string(pageCSS)); other != "" {
		t.Errorf("a colour without a name: %s", other)
	}
}
