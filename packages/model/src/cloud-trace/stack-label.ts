import type { V2StackTrace } from './messages-v2.ts';
import { V2StackTraceType } from './messages-v2.ts';
import { messageFromJson } from './proto/json-decode.ts';

/**
 * The label `/stacktrace`: a v2 stack trace in the form v1's own agents write and its readers show
 * (`{"stack_frame":[{"method_name":...}]}`); any other text stays as it is.
 */
export function stackLabel(text: string): string {
  const stack = text.startsWith('{"stackFrames"') ? readStack(text) : null;
  if (stack === null) return text;
  return JSON.stringify({
    stack_frame: (stack.stackFrames?.frame ?? []).map((frame) => ({
      method_name: frame.functionName?.value ?? '',
      file_name: frame.fileName?.value ?? '',
      line_number: Number(frame.lineNumber),
      column_number: Number(frame.columnNumber),
    })),
  });
}

function readStack(text: string): V2StackTrace | null {
  try {
    const read = messageFromJson(V2StackTraceType, JSON.parse(text));
    return read.ok ? read.value : null;
  } catch {
    return null; // cut by somebody's limit: shown as it is
  }
}
