-- What is written once and by hand is synced like the spans are: a power cut took back a retention rule that had been set
-- half a minute before, and the versions of a schema just made, whose migrations then ran again.
ALTER TABLE schema_version {{on_cluster}} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE promoted_attributes {{on_cluster}} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE retention {{on_cluster}} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
