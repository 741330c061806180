-- What few spans have, and no filter asks for, goes into one text instead of eleven columns: reading a span costs by the
-- column, and so does writing a block. docs/adr/0004-layout-and-sort-key.md has the figures; src/block/span-details.ts
-- the text.
-- Each statement may run twice, and while another process is at a later one. Until shortly before the old columns go,
-- the text is made of them by DEFAULT, so spans that an earlier program writes meanwhile have it too.
ALTER TABLE spans{{local}} {{on_cluster}} ADD COLUMN IF NOT EXISTS details String DEFAULT
  replaceOne(concat('{', arrayStringConcat(arrayFilter(field -> field != '', [
    if(trace_state = '', '', concat('"traceState":', toJSONString(toString(trace_state)))),
    if(dropped_attributes = 0, '', concat('"droppedAttributes":', toString(dropped_attributes))),
    if(dropped_events = 0, '', concat('"droppedEvents":', toString(dropped_events))),
    if(dropped_links = 0, '', concat('"droppedLinks":', toString(dropped_links))),
    if(empty(events_time), '', concat('"events":[', arrayStringConcat(arrayMap((time, name, attributes, dropped) -> concat(
      '{"time":"', toString(reinterpretAsUInt64(toUnixTimestamp64Nano(time))), '","name":', toJSONString(toString(name)),
      ',"attributes":', if(attributes = '', '[]', attributes), ',"dropped":', toString(dropped), '}'
    ), events_time, events_name, events_attributes, events_dropped), ','), ']')),
    if(empty(links_details), '', concat('"links":[', arrayStringConcat(arrayMap((trace, span, rest) -> concat(
      '{"traceId":"', lower(hex(trace)), '","spanId":"', lower(hex(span)), '",', substring(rest, 2)
    ), links_trace_id, links_span_id, links_details), ','), ']'))
  ]), ','), '}'), '{}', '')
  AFTER flags;

-- Writes the DEFAULT down where the column is not stored yet.
ALTER TABLE spans{{local}} {{on_cluster}} UPDATE details = details WHERE 1 SETTINGS mutations_sync = 2;

ALTER TABLE spans{{local}} {{on_cluster}} MODIFY COLUMN details String DEFAULT '';

ALTER TABLE spans{{local}} {{on_cluster}}
  DROP COLUMN IF EXISTS trace_state,
  DROP COLUMN IF EXISTS dropped_attributes,
  DROP COLUMN IF EXISTS dropped_events,
  DROP COLUMN IF EXISTS dropped_links,
  DROP COLUMN IF EXISTS events_time,
  DROP COLUMN IF EXISTS events_name,
  DROP COLUMN IF EXISTS events_attributes,
  DROP COLUMN IF EXISTS events_dropped,
  DROP COLUMN IF EXISTS links_trace_id,
  DROP COLUMN IF EXISTS links_span_id,
  DROP COLUMN IF EXISTS links_details;
{{#cluster}}

ALTER TABLE spans {{on_cluster}}
  ADD COLUMN IF NOT EXISTS details String AFTER flags,
  DROP COLUMN IF EXISTS trace_state,
  DROP COLUMN IF EXISTS dropped_attributes,
  DROP COLUMN IF EXISTS dropped_events,
  DROP COLUMN IF EXISTS dropped_links,
  DROP COLUMN IF EXISTS events_time,
  DROP COLUMN IF EXISTS events_name,
  DROP COLUMN IF EXISTS events_attributes,
  DROP COLUMN IF EXISTS events_dropped,
  DROP COLUMN IF EXISTS links_trace_id,
  DROP COLUMN IF EXISTS links_span_id,
  DROP COLUMN IF EXISTS links_details;
{{/cluster}}
