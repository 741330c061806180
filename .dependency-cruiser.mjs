// The allow-list of imports (ARCHITECTURE.md has the picture). Any other edge between two parts, and any
// cycle, fails the gate. Tests may also reach the embedded engine, to run on the real thing.
import swcVisitor from '@swc/core/Visitor.js';

// swc's visitor does not know `using` and `await using` yet and would stop at the first one: show it their
// initialisers as those of any other declaration.
const visitor = swcVisitor.Visitor ?? swcVisitor;
const visitStatement = visitor.prototype.visitStatement;
visitor.prototype.visitStatement = function visitAlsoUsing(statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement;
};

const arrows = {
  'packages/model': [],
  'packages/tracing': ['packages/model'],
  'packages/clickhouse-embedded': [],
  'packages/store': ['packages/model'],
  'packages/collector': ['packages/model', 'packages/store'],
  'packages/viewer': ['packages/model'],
  'packages/service-runner': ['packages/tracing'],
  'services/web-api': [
    'packages/model',
    'packages/store',
    'packages/collector',
    'packages/tracing',
    'packages/service-runner',
  ],
  'services/feature-engine': ['packages/tracing', 'packages/service-runner'],
  'services/insight-generator': ['packages/tracing', 'packages/service-runner'],
};
const test = '\\.test\\.tsx?$|/test/';
const parts = '^(packages|services)/';
const only = (from, allowed) => ({ path: parts, pathNot: [from, ...allowed].map((part) => `^${part}/`) });

export default {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(arrows).map(([from, allowed]) => ({
      name: `arrows-of-${from.split('/')[1]}`,
      severity: 'error',
      from: { path: `^${from}/`, pathNot: test },
      to: only(from, allowed),
    })),
    ...Object.entries(arrows).map(([from, allowed]) => ({
      name: `test-arrows-of-${from.split('/')[1]}`,
      severity: 'error',
      from: { path: `^${from}/.*(${test})` },
      to: only(from, [
        ...allowed,
        'packages/clickhouse-embedded',
        ...(from.startsWith('services') ? ['services'] : []),
      ]),
    })),
    {
      name: 'model-is-pure',
      severity: 'error',
      from: { path: '^packages/model/src', pathNot: test },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'through-the-front-door',
      severity: 'error',
      from: { path: '^(packages|services|bench|e2e|scripts)/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: [
          '^packages/$2/',
          '^packages/[^/]+/src/(index|register|testing|cloud-trace|bin|doctor)\\.ts$',
          '^packages/[^/]+/src/[^/]+/index\\.ts$',
        ],
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^virtual:'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|fixtures)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
