import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Empty, Failure, Loading } from '../design/states.tsx';
import { Shell } from './shell.tsx';
import { formatUrlState, parseUrlState, type UrlState } from './url-state.ts';

const root = createRootRoute({
  component: Shell,
  validateSearch: (search: Record<string, unknown>): UrlState => search as UrlState,
  notFoundComponent: () => (
    <main>
      <h1 className="visually-hidden">No such page</h1>
      <Empty title="There is no such page">
        <a className="button" href="/">
          Go to Explore
        </a>
      </Empty>
    </main>
  ),
  errorComponent: ({ error }) => (
    <Failure error={error} what="this page" retry={() => window.location.reload()} />
  ),
});

const explore = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../explore/explore-page.tsx'), 'ExplorePage'),
});
const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  component: lazyRouteComponent(() => import('../trace/trace-page.tsx'), 'TracePage'),
});
const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  component: lazyRouteComponent(() => import('../compare/compare-page.tsx'), 'ComparePage'),
});
const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  component: lazyRouteComponent(() => import('../services/services-page.tsx'), 'ServicesPage'),
});
const map = createRoute({
  getParentRoute: () => root,
  path: '/map',
  component: lazyRouteComponent(() => import('../map/map-page.tsx'), 'MapPage'),
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  component: lazyRouteComponent(() => import('../alerts/alerts-page.tsx'), 'AlertsPage'),
});
const file = createRoute({
  getParentRoute: () => root,
  path: '/file',
  component: lazyRouteComponent(() => import('../file/file-page.tsx'), 'FilePage'),
});

export const router = createRouter({
  routeTree: root.addChildren([explore, trace, compare, services, map, alerts, file]),
  parseSearch: parseUrlState,
  stringifySearch: formatUrlState,
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading what="the page" />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
