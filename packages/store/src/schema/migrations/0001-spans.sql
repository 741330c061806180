-- Spans, sorted so that a search in a time range reads few granules and a service's spans lie together.
-- docs/adr/0004-layout-and-sort-key.md has the layouts tried and their figures.
CREATE TABLE IF NOT EXISTS spans{{local}} {{on_cluster}} (
  project LowCardinality(String),
  trace_id FixedString(16),
  span_id FixedString(8) CODEC(NONE),
  parent_span_id FixedString(8),
  service LowCardinality(String),
  name LowCardinality(String),
  kind UInt8,
  status_code UInt8,
  start DateTime64(9, 'UTC') CODEC(T64, ZSTD(1)),
  duration Int64 CODEC(T64, ZSTD(1)),
  status_message String,
  trace_state LowCardinality(String),
  flags UInt32,
  resource LowCardinality(String),
  scope LowCardinality(String),
  dropped_attributes UInt32,
  dropped_events UInt32,
  dropped_links UInt32,
{{promoted_columns}}
  attributes_string Map(LowCardinality(String), String),
  attributes_int Map(LowCardinality(String), Int64),
  attributes_double Map(LowCardinality(String), Float64),
  attributes_bool Map(LowCardinality(String), Bool),
  attributes_other Map(LowCardinality(String), String),
  events_time Array(DateTime64(9, 'UTC')),
  events_name Array(LowCardinality(String)),
  events_attributes Array(String),
  events_dropped Array(UInt32),
  links_trace_id Array(FixedString(16)),
  links_span_id Array(FixedString(8)),
  links_details Array(String),
  INDEX by_trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX by_string_value mapValues(attributes_string) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_int_value mapValues(attributes_int) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_string_key mapKeys(attributes_string) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_correlation_id attr_correlation_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_url_path attr_url_path TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_url_full attr_url_full TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_client_address attr_client_address TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_error_type attr_error_type TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replicated}}MergeTree
PARTITION BY toYYYYMMDD(start)
-- Without start: if it is in the primary key itself, conditions on it are asked of it there, fourth, and skip nothing.
PRIMARY KEY (toStartOfMinute(start), service, name)
ORDER BY (toStartOfMinute(start), service, name, start)
SETTINGS default_compression_codec = 'ZSTD(1)',
  -- Of 55 columns, each in files of its own, blocks cost a third more to write. Merged parts are wide: only those are
  -- merged column by column, which costs a quarter of merging row by row.
  min_bytes_for_wide_part = 0, min_rows_for_wide_part = 200000,
  -- Fewer, wider merges: a span is rewritten about once less on its way into a large part.
  merge_selector_base = 8,
  -- An insert is answered when a power cut cannot take it back: the collector then drops its log of it.
  fsync_after_insert = 1, fsync_part_directory = 1{{deduplication}};

-- One row per trace and ten minutes in which spans of it start: enough to find a trace's time range, to order
-- by duration, and to list. Late spans update it by merging. Spans that arrived twice count twice here, so
-- what a list shows is computed from the spans themselves.
CREATE TABLE IF NOT EXISTS traces{{local}} {{on_cluster}} (
  bucket DateTime('UTC'),
  trace_id FixedString(16),
  project LowCardinality(String),
  start SimpleAggregateFunction(min, DateTime64(9, 'UTC')) CODEC(T64, ZSTD(1)),
  end SimpleAggregateFunction(max, DateTime64(9, 'UTC')) CODEC(T64, ZSTD(1)),
  spans SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64),
  root_name SimpleAggregateFunction(max, String),
  services SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
  INDEX by_trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replicated}}AggregatingMergeTree
PARTITION BY toYYYYMMDD(bucket)
ORDER BY (bucket, trace_id, project)
SETTINGS index_granularity = 2048, default_compression_codec = 'ZSTD(1)', merge_selector_base = 8,
  fsync_after_insert = 1, fsync_part_directory = 1{{deduplication}};

CREATE MATERIALIZED VIEW IF NOT EXISTS traces_feed{{local}} {{on_cluster}} TO traces{{local}} AS
SELECT
  toStartOfTenMinutes(s.start) AS bucket,
  trace_id,
  project,
  min(s.start) AS start,
  max(s.start + toIntervalNanosecond(greatest(s.duration, 0))) AS end,
  count() AS spans,
  countIf(status_code = 2) AS errors,
  maxIf(toString(name), parent_span_id = toFixedString('', 8)) AS root_name,
  groupUniqArray(toString(service)) AS services
FROM spans{{local}} AS s
GROUP BY bucket, trace_id, project;

-- Rate, errors and latency per operation and minute. `steps` counts spans on a logarithmic scale of durations,
-- 8 steps per doubling, so a percentile is within 4.5 %: a seventh of the size of quantilesTDigest's states, and it
-- serves the heatmap too.
CREATE TABLE IF NOT EXISTS red{{local}} {{on_cluster}} (
  minute DateTime('UTC'),
  project LowCardinality(String),
  service LowCardinality(String),
  operation LowCardinality(String),
  kind UInt8,
  count SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64),
  steps SimpleAggregateFunction(sumMap, Map(UInt16, UInt64)),
  error_steps SimpleAggregateFunction(sumMap, Map(UInt16, UInt64))
)
ENGINE = {{replicated}}AggregatingMergeTree
PARTITION BY toYYYYMMDD(minute)
ORDER BY (minute, project, service, operation, kind)
SETTINGS default_compression_codec = 'ZSTD(1)', fsync_after_insert = 1, fsync_part_directory = 1{{deduplication}};

CREATE MATERIALIZED VIEW IF NOT EXISTS red_feed{{local}} {{on_cluster}} TO red{{local}} AS
SELECT
  minute,
  project,
  service,
  operation,
  kind,
  sum(spans) AS count,
  sum(failed) AS errors,
  mapFromArrays(groupArray(step), groupArray(spans)) AS steps,
  mapFromArrays(groupArrayIf(step, failed > 0), groupArrayIf(failed, failed > 0)) AS error_steps
FROM (
  SELECT
    toStartOfMinute(start) AS minute,
    project,
    service,
    name AS operation,
    kind,
    toUInt16(floor(log2(greatest(duration, 1)) * 8)) AS step,
    count() AS spans,
    countIf(status_code = 2) AS failed
  FROM spans{{local}}
  GROUP BY minute, project, service, operation, kind, step
)
GROUP BY minute, project, service, operation, kind;

-- Which attribute keys exist, where and with which types: for autocompletion, and so that a filter opens only
-- the columns that can hold its key.
CREATE TABLE IF NOT EXISTS attribute_keys{{local}} {{on_cluster}} (
  project LowCardinality(String),
  on_resource Bool,
  key String,
  type UInt8,
  promoted Bool,
  first_seen SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  count SimpleAggregateFunction(sum, UInt64)
)
ENGINE = {{replicated}}AggregatingMergeTree
ORDER BY (project, on_resource, key, type, promoted)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1{{deduplication}};

-- Attributes that an operator gave a column of their own.
CREATE TABLE IF NOT EXISTS promoted_attributes {{on_cluster}} (
  key String,
  column String,
  type LowCardinality(String),
  promoted_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {{settings_engine}}
ORDER BY key;

CREATE TABLE IF NOT EXISTS retention {{on_cluster}} (
  project String,
  max_age_days UInt32,
  max_bytes UInt64,
  set_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {{settings_engine}}
ORDER BY project;
{{#cluster}}

CREATE TABLE IF NOT EXISTS spans {{on_cluster}} AS spans_local
ENGINE = Distributed({{cluster}}, currentDatabase(), spans_local, cityHash64(trace_id));

CREATE TABLE IF NOT EXISTS traces {{on_cluster}} AS traces_local
ENGINE = Distributed({{cluster}}, currentDatabase(), traces_local, cityHash64(trace_id));

CREATE TABLE IF NOT EXISTS red {{on_cluster}} AS red_local
ENGINE = Distributed({{cluster}}, currentDatabase(), red_local, rand());

-- Not at random: a block that is sent again must reach the shards that know its token.
CREATE TABLE IF NOT EXISTS attribute_keys {{on_cluster}} AS attribute_keys_local
ENGINE = Distributed({{cluster}}, currentDatabase(), attribute_keys_local, cityHash64(key));
{{/cluster}}
