export function hasClientPrograms(root: string): boolean;
