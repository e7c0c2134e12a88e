#' Load a table as a data frame with the types of its schema.
#'
#' @param package Name of a package, such as "joint-statements".
#' @param table Name of one of its tables, such as "statements".
#' @param version A version, or "latest".
#' @param base Folder or address of the releases; XRECORD_BASE if NULL.
#' @return A data frame. Its attribute "release" holds the version, the hashes and `withdrawn`.
xr_load <- function(package, table, version = "latest", base = NULL) {
  release <- xr_release(xr_base(base), package, version)
  xr_check_name(table, "table")
  text <- xr_text(xr_file(release, paste0("data/", table, ".csv")))
  descriptor <- jsonlite::fromJSON(xr_text(xr_file(release, "datapackage.json")), simplifyVector = FALSE)
  names <- vapply(descriptor$resources, function(resource) resource$name, "")
  fields <- descriptor$resources[[match(table, names)]]$schema$fields
  frame <- utils::read.csv(text = text, colClasses = "character", na.strings = "",
                           check.names = FALSE, encoding = "UTF-8", comment.char = "")
  for (field in fields) frame[[field$name]] <- xr_typed(frame[[field$name]], field$type)
  entry <- release$entry
  if (!is.null(entry$withdrawn)) {
    warning(sprintf("%s %s is withdrawn: %s", package, entry$version, entry$withdrawn$reason),
            call. = FALSE)
  }
  attr(frame, "release") <- entry[c("version", "release_id", "content_hash", "withdrawn")]
  frame
}

#' List who stood on a statement at the end of a day.
#'
#' @param statement_id Identifier of the statement.
#' @param as_of A day such as "2019-07-20"; the last known state if NULL.
#'   A date known to the month counts from the last day that it can mean.
#' @return A data frame. Its rows and its attributes carry `declared_count`, `named_count` and
#'   `roster_status`: a state that is missing from a roster that is "partial" or "none" may have signed.
xr_roster <- function(statement_id, as_of = NULL, version = "latest", base = NULL) {
  if (!is.null(as_of)) as_of <- xr_day(as_of)
  statements <- xr_load("joint-statements", "statements", version, base)
  statement <- statements[statements$statement_id == statement_id, , drop = FALSE]
  if (!nrow(statement)) {
    stop(sprintf("%s: no such statement. The table statements lists them.", statement_id), call. = FALSE)
  }
  rows <- xr_load("joint-statements", "signatories", version, base)
  found <- rows[rows$statement_id == statement_id, , drop = FALSE]
  standing <- if (is.null(as_of)) {
    found$is_current
  } else {
    xr_had_come(found$signed_edtf, as_of) & !xr_had_come(found$withdrew_edtf, as_of)
  }
  roster <- found[standing, , drop = FALSE]
  for (name in c("declared_count", "named_count", "roster_status")) {
    roster[[name]] <- rep(statement[[name]], nrow(roster))
    attr(roster, name) <- statement[[name]]
  }
  roster
}

#' List the positions of one country, by its ISO 3166-1 alpha-3 code.
#'
#' @return A data frame. No rows: the record has found none, which does not show that there are none.
xr_positions <- function(country_iso3, version = "latest", base = NULL) {
  known <- xr_load("joint-statements", "countries", version, base)$country_iso3
  if (length(country_iso3) != 1 || !country_iso3 %in% known) {
    stop(sprintf("country_iso3: expected an ISO alpha-3 code such as QAT, got %s. The table countries lists them.",
                 deparse(country_iso3)), call. = FALSE)
  }
  rows <- xr_load("joint-statements", "positions", version, base)
  rows[rows$country_iso3 == country_iso3, , drop = FALSE]
}

#' List the releases of a package, oldest first.
xr_versions <- function(package, base = NULL) {
  entries <- xr_ledger(xr_base(base), package)$versions
  data.frame(
    version = vapply(entries, function(entry) entry$version, ""),
    created = vapply(entries, function(entry) entry$created, ""),
    release_id = vapply(entries, function(entry) entry$release_id, ""),
    is_withdrawn = vapply(entries, function(entry) !is.null(entry$withdrawn), NA)
  )
}

#' Cite a release as text.
xr_cite <- function(package, version = "latest", base = NULL) {
  release <- xr_release(xr_base(base), package, version)
  descriptor <- jsonlite::fromJSON(xr_text(xr_file(release, "datapackage.json")), simplifyVector = FALSE)
  authors <- vapply(descriptor$contributors, function(person) person$title, "")
  sprintf("%s (%s). %s. Version %s. Release %s.", paste(authors, collapse = ", "),
          substr(descriptor$created, 1, 4), descriptor$title, descriptor$version,
          substr(release$entry$release_id, 1, 12))
}

# The last day that a date of known precision can mean; NA where it is open or missing.
xr_last_day <- function(edtf) {
  end <- sub("^[^/]*/", "", edtf)
  year <- as.integer(substr(end, 1, 4))
  month <- ifelse(nchar(end) >= 7, as.integer(substr(end, 6, 7)), 12L)
  first_of_next <- suppressWarnings(as.Date(
    sprintf("%04d-%02d-01", year + month %/% 12L, month %% 12L + 1L), format = "%Y-%m-%d"))
  day <- suppressWarnings(as.Date(end, format = "%Y-%m-%d"))
  last <- first_of_next - 1
  last[!is.na(day) & nchar(end) == 10] <- day[!is.na(day) & nchar(end) == 10]
  last
}

xr_day <- function(as_of) {
  is_day <- is.character(as_of) || inherits(as_of, "Date")
  day <- if (is_day) as.Date(as_of, optional = TRUE) else NA
  if (length(day) != 1 || is.na(day) || !grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", as.character(as_of))) {
    stop(sprintf("as_of: expected a day such as 2020-01-31, got %s.", deparse(as_of)), call. = FALSE)
  }
  if (day > as.Date(Sys.time(), tz = "UTC") + 1) {  # it may be tomorrow elsewhere
    stop(sprintf("as_of: expected today or a day before, got %s: it is to come.", as_of), call. = FALSE)
  }
  day
}

xr_had_come <- function(edtf, day) {
  last <- suppressWarnings(xr_last_day(edtf))
  !is.na(last) & last <= day
}
