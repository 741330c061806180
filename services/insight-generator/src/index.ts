export { type AppDeps, buildApp } from './app.ts';
export { type Features, generateInsights, type Insight } from './insights.ts';
