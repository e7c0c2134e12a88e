"""Fetch sources and keep snapshots of them; no other folder opens a socket."""
