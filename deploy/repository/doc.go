// Package repository gives tests access to the whole repository: to its files from the
// folder of any test, and to the program built from it. It also finds other programs.
//
// Only tests import it. It is not internal, because tests in all folders use it.
package repository
