-- Which of the columns that are often empty a span has something in, by bit (src/block/filled-columns.ts): reading a span
-- costs by the column, so a trace is read without those that none of its spans needs.
-- Of spans stored before, and of those that an earlier program still writes, every column is taken to be filled.
ALTER TABLE spans{{local}} {{on_cluster}} ADD COLUMN IF NOT EXISTS filled UInt32 DEFAULT 4294967295 AFTER details;
{{#cluster}}

ALTER TABLE spans {{on_cluster}} ADD COLUMN IF NOT EXISTS filled UInt32 DEFAULT 4294967295 AFTER details;
{{/cluster}}
