import Fastify, { type FastifyInstance } from 'fastify';
import type { Principal } from '../../src/auth/principal.ts';
import { CloudTraceAccess } from '../../src/cloud-trace/access.ts';
import type { CloudTraceDeps } from '../../src/cloud-trace/cloud-trace-deps.ts';
import { cloudTraceRoutes } from '../../src/cloud-trace/cloud-trace-routes.ts';
import { CloudTraceService } from '../../src/cloud-trace/cloud-trace-service.ts';
import { MemoryReader } from './memory-reader.ts';

const principals: Readonly<Record<string, Omit<Principal, 'subject' | 'expiresAt'>>> = {
  viewer: { roles: ['viewer'], projects: 'all' },
  writer: { roles: ['writer'], projects: 'all' },
  other: { roles: ['viewer', 'writer'], projects: ['other'] },
};

export const testAccess = (ingestOpen = true) =>
  new CloudTraceAccess({
    ingestOpen,
    verifier: {
      async verify(token) {
        const known = principals[token];
        if (known === undefined) throw new Error('unknown token');
        return { subject: token, expiresAt: 0, ...known };
      },
    },
  });

/** The service over a list of spans; tokens are `viewer`, `writer` and `other`. */
export function testService(change: Partial<CloudTraceDeps> = {}) {
  const reader = new MemoryReader();
  const service = new CloudTraceService({
    reader,
    ingest: async (spans) => {
      reader.spans.push(...spans);
      return { status: 'accepted' };
    },
    access: testAccess(),
    profile: 'backend',
    strictHttpNames: false,
    quota: null,
    ...change,
  });
  return { reader, service };
}

export async function testApp(change: Partial<CloudTraceDeps> = {}) {
  const { reader, service } = testService(change);
  const app: FastifyInstance = Fastify({ routerOptions: { maxParamLength: 500 } });
  await app.register(cloudTraceRoutes, { service });
  await app.ready();
  return { app, reader, service };
}
