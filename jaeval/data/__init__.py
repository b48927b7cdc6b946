"""Benchmark data: a lock of pinned, checksummed files, the places they are looked for, and one reader per benchmark.

`lock` says what there is, `locations` where to look, `store` hands out verified bytes, and the readers (`mgsm`,
`jfinqa`, `exams`, `jcommonsenseqa`) turn them into the `datasets.Dataset` splits that a task YAML names.
"""
