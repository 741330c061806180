import { type TSchema, Type } from '@fastify/type-provider-typebox';
import { ALERT_RULE_FIELDS, type AlertRuleField, alertFieldJsonName } from '@utxoiq/model/alert';
import { Time } from './schemas.ts';

const Maybe = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);
const closed = { additionalProperties: false } as const;

function schemaOf(field: AlertRuleField): TSchema {
  switch (field.type) {
    case 'text':
      return Type.String({ minLength: field.min ?? 0, maxLength: field.max });
    case 'optional-text':
      return Maybe(Type.String({ maxLength: field.max }));
    case 'choice':
      return Type.Union(
        field.choices.map((choice) => Type.Literal(choice)),
        { enum: [...field.choices] },
      );
    case 'flag':
      return Type.Boolean();
    case 'texts':
      return Maybe(Type.Array(Type.String(), { minItems: 1, maxItems: field.max }));
    case 'number': {
      const range = { minimum: field.min, maximum: field.max };
      const type = field.isInteger ? Type.Integer(range) : Type.Number(range);
      return field.fallback === null ? Maybe(type) : type;
    }
  }
}

const fields = Object.entries<AlertRuleField>(ALERT_RULE_FIELDS).map(
  ([name, field]) => [alertFieldJsonName(name), field, schemaOf(field)] as const,
);
const isRequired = (field: AlertRuleField): boolean => 'fallback' in field === false && !isNullable(field);
const isNullable = ({ type }: AlertRuleField): boolean => type === 'optional-text' || type === 'texts';

/** What a rule may say: docs/alerts.md tells what each means. For the OpenAPI page; the model's parser checks. */
export const AlertRuleBody = Type.Object(
  Object.fromEntries(
    fields.map(([name, field, schema]) => [name, isRequired(field) ? schema : Type.Optional(schema)]),
  ),
);

export const AlertRuleSchema = Type.Object(
  {
    id: Type.String(),
    ...Object.fromEntries(fields.map(([name, , schema]) => [name, schema])),
    condition: Type.String({ description: 'The condition in a line' }),
    created_at: Time,
    updated_at: Time,
    silenced_until: Maybe(Time),
    evaluation: Type.Object({
      status: Type.String({ description: '`ok`, `failed` or `disabled`' }),
      message: Maybe(Type.String()),
      since: Maybe(Time),
    }),
    truncated: Type.Boolean({ description: 'It has more services than it can watch' }),
  },
  closed,
);

const Values = Type.Array(Maybe(Type.Number()), {
  description: 'One a minute, the last hour; null: no spans',
});

const AlertSchema = Type.Object(
  {
    id: Type.String(),
    rule_id: Type.String(),
    rule: Type.String(),
    severity: Type.String(),
    signal: Type.String(),
    service: Maybe(Type.String()),
    state: Type.String({ description: '`firing`, `pending`, `no_data` or `ok`' }),
    since: Time,
    evaluated_at: Time,
    value: Maybe(Type.Number()),
    value_text: Maybe(Type.String()),
    count: Type.Number({ description: 'Spans in the window' }),
    peak: Maybe(Type.Number()),
    threshold: Type.Number(),
    threshold_text: Type.String(),
    comparison: Type.String(),
    condition: Type.String(),
    values: Values,
    link: Type.String({ description: 'The traces behind it: a path of the viewer' }),
    silenced_until: Maybe(Time),
    failure: Maybe(Type.String({ description: 'Why its rule could not be evaluated the last time' })),
  },
  closed,
);

export const AlertsSchema = Type.Object(
  {
    evaluated_at: Maybe(Time),
    interval_ms: Type.Number(),
    delay_ms: Type.Number(),
    targets: Type.Array(Type.String(), { description: 'Where notifications go' }),
    counts: Type.Object({
      firing: Type.Integer(),
      pending: Type.Integer(),
      no_data: Type.Integer(),
      ok: Type.Integer(),
    }),
    failing_rules: Type.Integer(),
    alerts: Type.Array(AlertSchema),
  },
  closed,
);

export const AlertRecordSchema = Type.Object(
  {
    id: Type.String(),
    rule_id: Type.String(),
    rule: Type.String(),
    severity: Type.String(),
    service: Maybe(Type.String()),
    fired_at: Time,
    resolved_at: Maybe(Time),
    end: Maybe(Type.String()),
    value_text: Maybe(Type.String()),
    peak_text: Maybe(Type.String()),
    condition: Type.String(),
    link: Type.String(),
  },
  closed,
);

export const AlertPreviewSchema = Type.Object(
  {
    start_time: Time,
    end_time: Time,
    step_ms: Type.Number(),
    fired: Type.Integer({ description: 'How often it would have fired, over all services' }),
    services: Type.Integer(),
    truncated: Type.Boolean(),
    shown: Type.Array(
      Type.Object({
        service: Maybe(Type.String()),
        fired: Type.Integer(),
        episodes: Type.Array(Type.Object({ start_time: Time, end_time: Maybe(Time) })),
        values: Values,
        withheld_minutes: Type.Integer({
          description: 'Minutes over the threshold that had too few spans to fire',
        }),
      }),
    ),
  },
  closed,
);

export const DeliverySchema = Type.Object(
  {
    target: Type.String(),
    ok: Type.Boolean(),
    status: Type.Optional(Type.Integer()),
    reason: Type.Optional(Type.String()),
  },
  closed,
);
