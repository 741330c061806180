import { useMemo } from 'react';
import { readToken, useTheme } from '../../app/theme.ts';
import { knowServices, serviceColor } from '../../design/service-color.ts';
import type { Palette } from './scene.ts';

export function usePalette(): Palette {
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tokens follow the theme
  return useMemo(
    () => ({
      surface: readToken('--surface'),
      line: readToken('--line'),
      text: readToken('--text'),
      muted: readToken('--muted'),
      faint: readToken('--faint'),
      accent: readToken('--accent-text'),
      error: readToken('--error'),
      selected: readToken('--selected'),
      hover: readToken('--hover'),
    }),
    [theme],
  );
}

export function useServiceColors(services: readonly string[]): readonly string[] {
  const theme = useTheme();
  return useMemo(() => {
    knowServices(services);
    return services.map((name) => serviceColor(name, theme));
  }, [services, theme]);
}
