import type { DependencyItem } from '../api/types.ts';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { figuresOf } from './health.ts';

/** The calls of the map as figures, for who cannot see it and for who wants to compare. */
export function EdgeTable({ edges, seconds }: { edges: readonly DependencyItem[]; seconds: number }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Caller</th>
          <th scope="col">Called</th>
          <th scope="col" className="num">
            Rate
          </th>
          <th scope="col" className="num">
            Errors
          </th>
          <th scope="col" className="num">
            p95
          </th>
        </tr>
      </thead>
      <tbody>
        {edges.map((edge) => {
          const [rate, share, p95] = figuresOf(edge, seconds);
          return (
            <tr key={`${edge.parent}\n${edge.child}`}>
              <td>
                <span className="line">
                  <ServiceSwatch name={edge.parent} /> {edge.parent}
                </span>
              </td>
              <td>
                <span className="line">
                  <ServiceSwatch name={edge.child} /> {edge.child}
                </span>
              </td>
              <td className="num">{rate}</td>
              <td className={edge.errors > 0 ? 'num bad' : 'num faint'}>{share}</td>
              <td className="num">{p95}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
