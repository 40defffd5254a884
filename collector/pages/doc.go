// Package pages shows what is known of each batch to people, as HTML without
// scripts. It reads the store and the schedule and never calls the API.
package pages
