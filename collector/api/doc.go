// Package api serves /api/v1/jobs and /api/v1/jobs/{account}/{job_id}: what the pages show, as
// JSON and, for spreadsheets, the list as CSV.
//
// Fields have the names of the API in snake_case; a field that the API did not send is absent.
// deploy/api.schema.json documents all of them. The answers are written batch by batch, so that
// the size of the fleet does not matter.
package api
