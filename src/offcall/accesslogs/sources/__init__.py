"""Where the lines come from: files, folders, standard input, and buckets of S3.

`resolving.resolve` turns what a person named into files to read; `copying.fetch` copies them;
`following.follow` gives new ones as they land.
"""
