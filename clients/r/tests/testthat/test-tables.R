# XRECORD_BASE names a folder of releases; XRECORD_DAMAGED one in which a byte of statements.csv differs.
statement <- "2019-07-12-hrc41-supportive"

test_that("types are those of the schema", {
  statements <- xr_load("joint-statements", "statements")
  expect_type(statements$declared_count, "integer")
  expect_s3_class(statements$delivered_on, "Date")
  expect_type(xr_load("joint-statements", "signatories")$is_current, "logical")
  expect_true(all(c("declared_count", "named_count", "roster_status") %in% names(statements)))
})

test_that("empty cells are missing and Namibia is not", {
  countries <- xr_load("joint-statements", "countries")
  expect_true("NAM" %in% countries$country_iso3)
  expect_true(anyNA(xr_load("joint-statements", "signatories")$withdrew_on))
})

test_that("a roster follows joiners and withdrawals", {
  expect_equal(nrow(xr_roster(statement, "2019-07-12")), 37)
  expect_equal(nrow(xr_roster(statement, "2019-07-20")), 36)
  expect_false("QAT" %in% xr_roster(statement)$country_iso3)
})

test_that("a roster says how much of the list is known", {
  partial <- xr_roster("2024-10-22-unga79-c3-supportive")
  expect_equal(unique(partial$declared_count), 80L)
  expect_equal(unique(partial$roster_status), "partial")
  expect_lt(nrow(partial), attr(partial, "declared_count"))
  before <- xr_roster(statement, "2019-07-11")
  expect_equal(nrow(before), 0)
  expect_equal(attr(before, "roster_status"), "complete")
})

test_that("dates of known precision end on their last day", {
  last <- xinjiangrecord:::xr_last_day(c("2019", "2019-02", "../2018-11-15", "2021-06-24/2021-06-25"))
  expect_equal(as.character(last), c("2019-12-31", "2019-02-28", "2018-11-15", "2021-06-25"))
  expect_true(is.na(suppressWarnings(xinjiangrecord:::xr_last_day(NA_character_))))
})

test_that("other bytes and unknown names are refused", {
  damaged <- Sys.getenv("XRECORD_DAMAGED")
  expect_error(xr_load("joint-statements", "statements", base = damaged), "expected SHA-256")
  expect_error(xr_load("joint-statements", "nothing"), "The tables are: .*count_claims")
  expect_error(xr_load("joint-statements", "statements", "9.9.9"), "no such version")
  expect_error(xr_load("../secret", "statements"), "expected a name")
  expect_error(xr_roster("2019-01-01-none"), "no such statement")
  expect_error(xr_roster(statement, "July"), "expected a day")
  expect_error(xr_roster(statement, "2019-02-30"), "expected a day")
  expect_error(xr_roster(statement, "2999-01-01"), "it is to come")
  expect_error(xr_positions("Qatar"), "The table countries lists them")
})

test_that("releases are listed and cited", {
  versions <- xr_versions("joint-statements")
  expect_equal(versions$version[1], "1.0.0")
  expect_match(xr_cite("joint-statements", "1.0.0"), "Version 1.0.0")
  expect_true(nrow(xr_positions("UKR")) > 0)
})
