/** Orders of a list of traces. `start` and `duration` are the whole trace's; the root's for Cloud Trace v1. */
export type TraceOrder =
  | 'start desc'
  | 'start'
  | 'duration desc'
  | 'duration'
  | 'name'
  | 'name desc'
  | 'trace_id'
  | 'trace_id desc';
