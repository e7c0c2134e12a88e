# Read a release: each file is checked against the hash that its ledger names.

xr_base <- function(base) {
  if (is.null(base) || !nzchar(base)) base <- Sys.getenv("XRECORD_BASE")
  if (!nzchar(base)) {
    stop("base: expected a folder or an address of releases, got none. ",
         "Give base = or set XRECORD_BASE.", call. = FALSE)
  }
  sub("/+$", "", base)
}

xr_bytes <- function(base, path) {
  where <- paste(base, path, sep = "/")
  tryCatch({
    if (grepl("^https?://", base)) {
      file <- tempfile()
      on.exit(unlink(file))
      # A status of 400 or more is an error of download.file.
      utils::download.file(where, file, mode = "wb", quiet = TRUE)
    } else {
      file <- where
      if (!file.exists(file)) stop("no such file")
    }
    readBin(file, "raw", n = file.size(file))
  }, error = function(error) {
    stop(sprintf("%s: cannot be read (%s). Check base = \"%s\".", path, conditionMessage(error), base),
         call. = FALSE)
  }, warning = function(warning) {
    stop(sprintf("%s: cannot be read (%s). Check base = \"%s\".", path, conditionMessage(warning), base),
         call. = FALSE)
  })
}

xr_text <- function(bytes) {
  text <- rawToChar(bytes)
  Encoding(text) <- "UTF-8"
  text
}

xr_compare <- function(path, bytes, expected) {
  got <- digest::digest(bytes, algo = "sha256", serialize = FALSE)
  if (!identical(got, expected)) {
    stop(sprintf("%s: expected SHA-256 %s, got %s. Do not use these bytes; load again.",
                 path, expected, got), call. = FALSE)
  }
}

xr_check_name <- function(value, what) {
  if (!is.character(value) || length(value) != 1 ||
      !grepl("^([a-z0-9]+([-_][a-z0-9]+)*|[0-9]+[.][0-9]+[.][0-9]+)$", value)) {
    stop(sprintf("%s: expected a name such as joint-statements or 1.0.0, got %s.",
                 what, deparse(value)), call. = FALSE)
  }
}

xr_ledger <- function(base, package) {
  xr_check_name(package, "package")
  text <- xr_text(xr_bytes(base, paste0(package, "/versions.json")))
  ledger <- jsonlite::fromJSON(text, simplifyVector = FALSE)
  if (!identical(ledger$package, package)) {
    stop(sprintf("%s/versions.json: expected the package %s, got %s.", package, package, ledger$package),
         call. = FALSE)
  }
  ledger
}

xr_release <- function(base, package, version) {
  ledger <- xr_ledger(base, package)
  if (identical(version, "latest")) version <- ledger$latest
  xr_check_name(version, "version")
  known <- vapply(ledger$versions, function(entry) entry$version, "")
  if (!version %in% known) {
    stop(sprintf("%s %s: no such version. There are: %s.", package, version,
                 paste(known, collapse = ", ")), call. = FALSE)
  }
  entry <- ledger$versions[[match(version, known)]]
  folder <- paste(package, version, sep = "/")
  sums <- xr_bytes(base, paste0(folder, "/SHA256SUMS"))
  xr_compare(paste0(folder, "/SHA256SUMS"), sums, entry$release_id)
  lines <- strsplit(xr_text(sums), "\n", fixed = TRUE)[[1]]
  list(base = base, folder = folder, entry = entry,
       hashes = stats::setNames(substr(lines, 1, 64), substring(lines, 67)))
}

xr_file <- function(release, path) {
  expected <- release$hashes[path]
  if (is.na(expected)) {
    tables <- sub("^data/(.*)[.]csv$", "\\1", grep("^data/.*[.]csv$", names(release$hashes), value = TRUE))
    stop(sprintf("%s: no %s. The tables are: %s.", release$folder, path,
                 paste(tables, collapse = ", ")), call. = FALSE)
  }
  bytes <- xr_bytes(release$base, paste(release$folder, path, sep = "/"))
  xr_compare(paste(release$folder, path, sep = "/"), bytes, unname(expected))
  bytes
}

# A column of text as the type that its schema declares. Whole numbers above 2^31 become doubles.
xr_typed <- function(values, type) {
  switch(type,
    integer = {
      numbers <- as.numeric(values)
      if (all(abs(numbers) < 2^31, na.rm = TRUE)) as.integer(numbers) else numbers
    },
    number = as.numeric(values),
    boolean = c(`true` = TRUE, `false` = FALSE)[values] |> unname(),
    date = as.Date(values, format = "%Y-%m-%d"),
    values
  )
}
