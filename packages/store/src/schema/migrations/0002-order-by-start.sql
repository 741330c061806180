-- Version 1 sorted spans by (minute, service, name, trace id), so that the rows of merged parts alternated one by one:
-- merging a span cost 9 us of CPU instead of 2 (docs/adr/0004-layout-and-sort-key.md). A table's order cannot be
-- changed, so schema/order-by-start.ts makes this table, moves the spans into it and gives it the name of the old one.
-- Databases that begin with version 2 have the order from the start, and nothing of this is run.
CREATE TABLE IF NOT EXISTS spans_v2{{local}} {{on_cluster}} AS spans{{local}}
ENGINE = {{replicated}}MergeTree
PARTITION BY toYYYYMMDD(start)
PRIMARY KEY (toStartOfMinute(start), service, name)
ORDER BY (toStartOfMinute(start), service, name, start)
SETTINGS default_compression_codec = 'ZSTD(1)', min_bytes_for_wide_part = 0, min_rows_for_wide_part = 200000,
  merge_selector_base = 8, fsync_after_insert = 1, fsync_part_directory = 1{{deduplication}};
{{#cluster}}

CREATE TABLE IF NOT EXISTS spans_v2 {{on_cluster}} AS spans_v2_local
ENGINE = Distributed({{cluster}}, currentDatabase(), spans_v2_local, cityHash64(trace_id));
{{/cluster}}
