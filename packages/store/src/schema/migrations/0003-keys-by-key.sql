-- Of the cluster only. A block that is sent again must reach the same shards, where its token is known: by a random
-- shard, keys were counted twice, or dropped on a shard that had never seen them.
{{#cluster}}
CREATE OR REPLACE TABLE attribute_keys {{on_cluster}} AS attribute_keys_local
ENGINE = Distributed({{cluster}}, currentDatabase(), attribute_keys_local, cityHash64(key));
{{/cluster}}
