import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type LocalServiceAccount, UNIVERSE_DOMAIN } from './service-account.ts';

export interface MetadataDeps {
  readonly account: LocalServiceAccount;
  readonly projectId: string;
}

const TOKEN_SECONDS = 3600;
const SCOPES = [
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/trace.append',
];

/**
 * Stand-in for the metadata server of Compute Engine (cloud.google.com/compute/docs/metadata), as far as
 * Google's libraries ask it: `GCE_METADATA_HOST=127.0.0.1:8080` gives a program a project and a token.
 */
export async function metadataRoutes(app: FastifyInstance, deps: MetadataDeps): Promise<void> {
  const options = { schema: { hide: true } };
  app.get('/computeMetadata/v1', options, (request, reply) => answer(request, reply, deps, ''));
  app.get('/computeMetadata/v1/*', options, (request, reply) => {
    const { '*': path = '' } = request.params as { '*'?: string };
    return answer(request, reply, deps, path);
  });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { account, projectId }: MetadataDeps,
  path: string,
): Promise<FastifyReply> {
  reply.header('metadata-flavor', 'Google');
  // Google's guard against web pages: they cannot set this header without being asked first.
  if (request.headers['metadata-flavor'] !== 'Google') {
    return reply.code(403).type('text/plain').send('Missing required header: "Metadata-Flavor: Google"');
  }
  const text = textValues(account, projectId)[path.replace(/\/$/, '')];
  if (text !== undefined) return reply.type('application/text').send(text);
  switch (path.replace(/\/$/, '')) {
    case 'instance/service-accounts/default':
      return reply.send(accountJson(account));
    case 'instance/service-accounts':
      return reply.send({ default: accountJson(account) });
    case 'instance/service-accounts/default/token':
    case `instance/service-accounts/${account.email}/token`:
      return reply.send({
        access_token: await account.issueWriteToken(TOKEN_SECONDS),
        expires_in: TOKEN_SECONDS - 60,
        token_type: 'Bearer',
      });
    default:
      return reply.code(404).type('text/plain').send('Not Found');
  }
}

function textValues(account: LocalServiceAccount, projectId: string): Readonly<Record<string, string>> {
  return {
    '': 'instance/\nproject/\nuniverse/\n',
    instance: 'service-accounts/\n',
    project: 'project-id\n',
    'project/project-id': projectId,
    'project/numeric-project-id': '0',
    'universe/universe-domain': UNIVERSE_DOMAIN,
    'universe/universe_domain': UNIVERSE_DOMAIN,
    'instance/service-accounts/default/email': account.email,
    'instance/service-accounts/default/scopes': SCOPES.join('\n'),
  };
}

const accountJson = (account: LocalServiceAccount) => ({
  aliases: ['default'],
  email: account.email,
  scopes: SCOPES,
});
