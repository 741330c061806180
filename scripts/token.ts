// `npm run -s token`: prints a token signed with the local key. The token alone stands on the last line.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalKey } from '../services/web-api/src/auth/local-key.ts';
import { isRole, roles } from '../services/web-api/src/auth/principal.ts';

const help = `npm run -s token -- [options]

Prints a token for the API, signed with the key in DATA_DIR (made on first use).

  --role ROLE        ${roles.join(', ')} (repeat it for several; default viewer)
  --project PROJECT  only this Google Cloud project (repeat it for several; default all)
  --ttl TIME         how long it is good: 15m, 12h, 30d (default 30d)
  --subject NAME     who it is for, as logs show it (default: the role)
  --help             this text

With AUTH_ISSUER set, tokens come from that issuer, and these are not accepted.`;

const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

class UsageError extends Error {}

function parseTtl(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const seconds = match === null ? 0 : Number(match[1]) * secondsOf[match[2] as keyof typeof secondsOf];
  if (seconds > 0) return seconds;
  throw new UsageError(`--ttl: expected a time such as 15m, 12h or 30d, got ${JSON.stringify(text)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', multiple: true, default: ['viewer'] },
      project: { type: 'string', multiple: true },
      ttl: { type: 'string', default: '30d' },
      subject: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const wrong = values.role.find((role) => !isRole(role));
  if (wrong !== undefined) {
    throw new UsageError(`--role: expected one of ${roles.join(', ')}, got ${JSON.stringify(wrong)}`);
  }
  if (process.env.AUTH_ISSUER) {
    console.error('AUTH_ISSUER is set: the API takes tokens of that issuer only, not this one.');
  }
  const key = await LocalKey.open(resolve(process.env.DATA_DIR || './data'));
  const token = await key.sign({
    subject: values.subject ?? values.role.join('+'),
    roles: values.role.filter(isRole),
    ...(values.project === undefined ? {} : { projects: values.project }),
    ttlSeconds: parseTtl(values.ttl),
  });
  console.log(token);
}

try {
  await main();
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(
    isUsage ? `${(error as Error).message}\nnpm run -s token -- --help lists the options.` : error,
  );
  process.exitCode = 1;
}
