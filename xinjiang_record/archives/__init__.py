"""Read and write zip, gzip and zstd under limits; no other folder does."""
