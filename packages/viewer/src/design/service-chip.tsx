import { useTheme } from '../app/theme.ts';
import { serviceColor } from './service-color.ts';

export function ServiceSwatch({ name }: { name: string }) {
  const theme = useTheme();
  return (
    <span className="swatch" style={{ backgroundColor: serviceColor(name, theme) }} aria-hidden="true" />
  );
}

export function ServiceChip({ name, count }: { name: string; count?: number }) {
  return (
    <span className="chip" title={count === undefined ? name : `${name}: ${count} spans`}>
      <ServiceSwatch name={name} />
      <span className="clip">{name === '' ? '(no service)' : name}</span>
      {count !== undefined && count > 1 && <span className="faint">{count}</span>}
    </span>
  );
}
