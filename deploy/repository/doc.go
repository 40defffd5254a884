// Package repository gives tests what they need of the repository as a whole: its
// files, wherever the test is, and the program that is built from it.
//
// Only tests import it. It is not internal because tests of all folders do.
package repository
