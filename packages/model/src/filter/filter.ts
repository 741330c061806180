/**
 * The tree that every filter language compiles to and that the store turns into SQL.
 *
 * It is read in two ways. Asked of a TRACE, a leaf holds if any span of the trace (or, with
 * `scope: 'root'`, its root span) satisfies it, so two leaves may be met by two different spans, as in Cloud
 * Trace; `same-span` holds if one single span satisfies everything inside it; `not` negates what it holds of
 * the trace. Asked of a SPAN (also inside `same-span`), each leaf is asked of that span itself
 * (`scope: 'root'`: and it is a root), and `trace-duration` means the span's own duration.
 *
 * A trace's root is the span without parent that starts first. An attribute is looked for on the span and on
 * its resource, either may match, under every name that `attributeAliases(key)` gives unless `exactKey` is
 * set. Text is compared case-sensitively, with the value as `attributeText` prints it.
 */
export type Filter =
  | { readonly type: 'and'; readonly terms: readonly Filter[] }
  | { readonly type: 'or'; readonly terms: readonly Filter[] }
  | { readonly type: 'not'; readonly term: Filter }
  | { readonly type: 'same-span'; readonly term: Filter }
  | Leaf;

/** One condition, about the whole trace or about a span of it. */
export type Leaf =
  /** Latency of the whole trace: latest end minus earliest start. */
  | { readonly type: 'trace-duration'; readonly op: NumberOp; readonly nanos: bigint }
  /** A fact of a span that is a column of its own. */
  | {
      readonly type: 'field';
      readonly scope: LeafScope;
      readonly field: TextField;
      readonly op: TextOp;
      readonly value: string;
    }
  | {
      readonly type: 'span-duration';
      readonly scope: LeafScope;
      readonly op: NumberOp;
      readonly nanos: bigint;
    }
  /** The attribute exists, on the span or on its resource; any value, also empty. */
  | {
      readonly type: 'has-attribute';
      readonly scope: LeafScope;
      readonly key: string;
      readonly exactKey?: true;
    }
  /** Text comparison with the value as text (`true`, `200`, `1.5`), whatever its stored type. */
  | {
      readonly type: 'attribute';
      readonly scope: LeafScope;
      readonly key: string;
      readonly exactKey?: true;
      readonly op: TextOp;
      readonly value: string;
    }
  /** Numeric comparison; a value that is no number never matches. */
  | {
      readonly type: 'attribute-number';
      readonly scope: LeafScope;
      readonly key: string;
      readonly exactKey?: true;
      readonly op: NumberOp;
      readonly value: number;
    };

/** `root`: of the root span only; `any`: of some span. */
export type LeafScope = 'any' | 'root';
/** How texts are compared; case matters. */
export type TextOp = '=' | 'prefix' | 'contains';
/** How numbers are compared. */
export type NumberOp = '=' | '<' | '<=' | '>' | '>=';
/** `kind` is `internal`, `server`...; `status` is `unset`, `ok` or `error`. */
export type TextField =
  | 'name'
  | 'service'
  | 'kind'
  | 'status'
  | 'status-message'
  | 'trace-id'
  | 'span-id'
  | 'scope-name';
