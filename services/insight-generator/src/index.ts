export { type Features, generateInsights, type Insight } from './insights.ts';
export { routes } from './routes.ts';
