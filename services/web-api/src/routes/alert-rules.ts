import { Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type KeptRule, MAX_RULES } from '../alerts/alert-book.ts';
import { ruleJson } from '../alerts/alert-json.ts';
import type { AlertKeeper } from '../alerts/alert-keeper.ts';
import { requireRole } from '../auth/request-auth.ts';
import { ApiError, invalidArgument } from '../errors/api-error.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { alertKeeperOf, mayRead, requestedRule, ruleWithin } from './alert-access.ts';
import { AlertRuleBody, AlertRuleSchema } from './alert-schemas.ts';
import { uncheckedBody } from './alerts.ts';
import { forwardAlerts } from './forward-alerts.ts';
import type { RouteDeps } from './route-deps.ts';
import { notFoundResponse, problemResponses } from './schemas.ts';

const tags = ['alerts'];
const byId = Type.Object({ id: Type.String({ maxLength: 100 }) });
const answersOne = { 200: AlertRuleSchema, ...notFoundResponse, ...problemResponses };
type ById = FastifyRequest<{ Params: { id: string } }>;

/** The rules: viewers read them, admins write them. */
export const alertRuleRoutes: RoutePlugin<RouteDeps> = async (app, deps) => {
  const onRequest = requireRole(deps.auth, 'viewer');
  const adminOnly = requireRole(deps.auth, 'admin');
  app.addHook('preHandler', forwardAlerts(deps));

  app.get(
    '',
    {
      onRequest,
      schema: {
        tags,
        summary: 'All rules, by name',
        response: { 200: Type.Array(AlertRuleSchema), ...problemResponses },
      },
    },
    async (request) => {
      const keeper = alertKeeperOf(deps);
      return keeper.rules
        .filter(({ rule }) => mayRead(request, rule))
        .sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1))
        .map((kept) => ruleJson(keeper, kept));
    },
  );

  app.post(
    '',
    {
      onRequest: adminOnly,
      ...uncheckedBody,
      schema: {
        tags,
        summary: 'Make a rule',
        body: AlertRuleBody,
        response: { 201: AlertRuleSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const keeper = alertKeeperOf(deps);
      const rule = ruleWithin(request, requestedRule(request.body));
      if (keeper.rules.length >= MAX_RULES)
        throw invalidArgument('rules', keeper.rules.length, `at most ${MAX_RULES} rules: delete one first`);
      demandFreeName(keeper, rule.name);
      const kept = await keeper.addRule(rule);
      reply.code(201).header('location', `/api/v1/alerts/rules/${kept.id}`);
      return ruleJson(keeper, kept);
    },
  );

  app.get(
    '/:id',
    { onRequest, schema: { tags, summary: 'One rule', params: byId, response: answersOne } },
    async (request) => {
      const keeper = alertKeeperOf(deps);
      return ruleJson(keeper, foundRule(keeper, request));
    },
  );

  app.put(
    '/:id',
    {
      onRequest: adminOnly,
      ...uncheckedBody,
      schema: {
        tags,
        summary: 'Replace a rule; what fires ends when the rule watches something else now',
        params: byId,
        body: AlertRuleBody,
        response: answersOne,
      },
    },
    async (request) => {
      const keeper = alertKeeperOf(deps);
      const before = foundRule(keeper, request as ById);
      const rule = ruleWithin(request, requestedRule(request.body));
      demandFreeName(keeper, rule.name, before.id);
      return ruleJson(keeper, await keeper.replaceRule(before, rule));
    },
  );

  app.delete(
    '/:id',
    {
      onRequest: adminOnly,
      schema: {
        tags,
        summary: 'Delete a rule; what fires ends',
        params: byId,
        response: {
          204: Type.Null({ description: 'It is gone' }),
          ...notFoundResponse,
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const keeper = alertKeeperOf(deps);
      await keeper.removeRule(foundRule(keeper, request).id);
      return reply.code(204).send();
    },
  );

  app.post(
    '/:id/silence',
    {
      onRequest: adminOnly,
      schema: {
        tags,
        summary: 'No notifications of what fires by this rule, for so many minutes',
        params: byId,
        body: Type.Object(
          { minutes: Type.Integer({ minimum: 1, maximum: 10_080 }) },
          { additionalProperties: false },
        ),
        response: answersOne,
      },
    },
    async (request) => {
      const keeper = alertKeeperOf(deps);
      const untilMs = Date.now() + request.body.minutes * 60_000;
      return ruleJson(keeper, await keeper.silence(foundRule(keeper, request), untilMs));
    },
  );

  app.delete(
    '/:id/silence',
    {
      onRequest: adminOnly,
      schema: { tags, summary: 'Notify again', params: byId, response: answersOne },
    },
    async (request) => {
      const keeper = alertKeeperOf(deps);
      return ruleJson(keeper, await keeper.silence(foundRule(keeper, request), null));
    },
  );
};

function foundRule(keeper: AlertKeeper, request: ById): KeptRule {
  const kept = keeper.rule(request.params.id);
  if (kept !== undefined && mayRead(request, kept.rule)) return kept;
  throw new ApiError('NOT_FOUND', `no alert rule ${request.params.id.slice(0, 100)}`, { field: 'id' });
}

/** Logs, metrics and messages call a rule by its name. */
function demandFreeName(keeper: AlertKeeper, name: string, ownId?: string): void {
  const isTaken = keeper.rules.some((kept) => kept.rule.name === name && kept.id !== ownId);
  if (isTaken) throw invalidArgument('name', name, 'a name that no other rule has');
}
