const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'key or }' | 'key' | ':' | ', or end';

/** Where a text stops being JSON: V8 names the token, but not its place. */
export function jsonErrorPosition(text: string): number {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found !== null;
  };
  for (;;) {
    take(SPACE);
    const char = text[at];
    if (char === undefined) return at;
    if (expected === ':') {
      if (char !== ':') return at;
      at++;
      expected = 'value';
    } else if (expected === ', or end') {
      const top = open.at(-1);
      if (char === ',' && top !== undefined) expected = top === '[' ? 'value' : 'key';
      else if ((char === ']' && top === '[') || (char === '}' && top === '{')) open.pop();
      else return at;
      at++;
    } else if (expected === 'key' || expected === 'key or }') {
      if (char === '}' && expected === 'key or }') {
        open.pop();
        at++;
        expected = ', or end';
      } else if (take(STRING)) expected = ':';
      else return at;
    } else if (char === '[' || char === '{') {
      open.push(char);
      at++;
      expected = char === '[' ? 'value or ]' : 'key or }';
    } else if (char === ']' && expected === 'value or ]') {
      open.pop();
      at++;
      expected = ', or end';
    } else if (take(STRING) || take(SCALAR)) expected = ', or end';
    else return at;
  }
}
