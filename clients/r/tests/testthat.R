library(testthat)
library(xinjiangrecord)

test_check("xinjiangrecord")
