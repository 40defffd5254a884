package simulator

// The demo without its listener, for tests in a synctest bubble.
var (
	NewDemo    = newDemo
	DemoConfig = demoConfig
)
