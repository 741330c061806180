import { Type } from '@fastify/type-provider-typebox';
import type { KeptAlert } from '../alerts/alert-book.ts';
import { alertJson, previewJson, recordJson } from '../alerts/alert-json.ts';
import { requireRole } from '../auth/request-auth.ts';
import { callerGone } from '../http/caller-gone.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { alertKeeperOf, mayRead, requestedRule, ruleWithin } from './alert-access.ts';
import {
  AlertPreviewSchema,
  AlertRecordSchema,
  AlertRuleBody,
  AlertsSchema,
  DeliverySchema,
} from './alert-schemas.ts';
import { forwardAlerts } from './forward-alerts.ts';
import type { RouteDeps } from './route-deps.ts';
import { problemResponses } from './schemas.ts';

const tags = ['alerts'];
/** What asks for attention first. */
const states = ['firing', 'pending', 'no_data', 'ok'] as const;
/** Schemas of rules are for the OpenAPI page: Ajv would coerce a null into a number. */
export const uncheckedBody = { validatorCompiler: () => (value: unknown) => ({ value }) };

/** What fires now, what fired, and what a rule would have done. */
export const alertRoutes: RoutePlugin<RouteDeps> = async (app, deps) => {
  const { auth } = deps;
  const viewer = requireRole(auth, 'viewer');
  app.addHook('preHandler', forwardAlerts(deps));

  app.get(
    '',
    {
      onRequest: viewer,
      schema: {
        tags,
        summary: 'The alerts as they are now, what fires first',
        querystring: Type.Object(
          {
            state: Type.Optional(
              Type.Array(
                Type.Union(
                  [
                    Type.Literal('firing'),
                    Type.Literal('pending'),
                    Type.Literal('no_data'),
                    Type.Literal('ok'),
                  ],
                  { enum: [...states] },
                ),
                { description: 'Only these (repeat it); the counts are of all' },
              ),
            ),
            limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: AlertsSchema, ...problemResponses },
      },
    },
    async (request) => {
      const keeper = alertKeeperOf(deps);
      const { state: wanted, limit = 500 } = request.query;
      const visible = keeper.alerts.filter(({ rule }) => mayRead(request, rule));
      const counts = { firing: 0, pending: 0, no_data: 0, ok: 0 };
      for (const { state } of visible) counts[state.status]++;
      const asked = visible
        .filter(({ state }) => wanted === undefined || wanted.includes(state.status))
        .sort(byUrgency);
      const lastSeconds = keeper.stats().lastEvaluationTimestampSeconds;
      return {
        evaluated_at: lastSeconds === 0 ? null : new Date(lastSeconds * 1000).toISOString(),
        interval_ms: keeper.config.intervalMs,
        delay_ms: keeper.config.delayMs,
        targets: keeper.config.targets.map(({ name }) => name),
        counts,
        failing_rules: keeper.rules.filter(
          (kept) => mayRead(request, kept.rule) && keeper.failureOf(kept.id) !== null,
        ).length,
        alerts: asked.slice(0, limit).map((alert) => alertJson(keeper, alert)),
      };
    },
  );

  app.get(
    '/history',
    {
      onRequest: viewer,
      schema: {
        tags,
        summary: 'When alerts fired, newest first; the last 1000 times are kept',
        querystring: Type.Object(
          {
            rule_id: Type.Optional(Type.String()),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Array(AlertRecordSchema), ...problemResponses },
      },
    },
    async (request) => {
      const { rule_id: ruleId, limit = 100 } = request.query;
      return alertKeeperOf(deps)
        .history.filter(
          (one) => mayRead(request, one.rule) && (ruleId === undefined || one.ruleId === ruleId),
        )
        .slice(0, limit)
        .map(recordJson);
    },
  );

  app.post(
    '/preview',
    {
      onRequest: viewer,
      ...uncheckedBody,
      schema: {
        tags,
        summary: 'How often a rule would have fired over the last 24 hours; nothing is kept',
        body: AlertRuleBody,
        response: { 200: AlertPreviewSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const keeper = alertKeeperOf(deps);
      const rule = ruleWithin(request, requestedRule(request.body));
      return previewJson(await keeper.preview(rule, callerGone(reply)));
    },
  );

  app.post(
    '/notifications/test',
    {
      onRequest: requireRole(auth, 'admin'),
      schema: {
        tags,
        summary: 'Send a test message to every configured webhook, and say what came of it',
        response: { 200: Type.Array(DeliverySchema), ...problemResponses },
      },
    },
    async () => {
      const { notifier } = alertKeeperOf(deps);
      return Promise.all(
        notifier.targets.map(async (target) => {
          const { attempts: _, ...result } = await notifier.test(target);
          return { target: target.name, ...result };
        }),
      );
    },
  );
};

/** What fires, the latest first; then what is quiet, by rule and service. */
function byUrgency(a: KeptAlert, b: KeptAlert): number {
  const [first, second] = [states.indexOf(a.state.status), states.indexOf(b.state.status)];
  if (first !== second) return first - second;
  const isLoud = a.state.status === 'firing' || a.state.status === 'pending';
  if (isLoud && a.state.sinceMs !== b.state.sinceMs) return b.state.sinceMs - a.state.sinceMs;
  return a.rule.name.localeCompare(b.rule.name) || (a.service ?? '').localeCompare(b.service ?? '');
}
