"""Sign the ledgers of all packages as a TUF repository, and read them as such.

    published/signed/
      1.root.json          which keys may sign what, and how many of them must
      3.targets.json       length and SHA-256 of every ledger and of the catalog
      7.snapshot.json      which version of targets.json belongs to it
      timestamp.json       which snapshot is the newest; expires soon
      targets/             the ledgers that were signed, by their SHA-256
      pending/             what still lacks signatures of other people

A ledger names the id of each release, and the id is the SHA-256 of all sums. So who signs the
ledgers signs every byte of every release. See docs/signing.md.
"""
