import { createHash } from 'node:crypto';
import { parseSync } from 'oxc-parser';

/** One small change of a source file that some test must notice. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  /** Where in its declaration (of the file's outermost) it begins, and a digest of that declaration. */
  readonly at: number;
  readonly source: string;
  /** The line of the source, without the spaces before it. */
  readonly within: string;
  /** Outside every function: it works only in a process that reads the file with the mutant awake. */
  readonly isAtStart: boolean;
  /** What stood there and what stands there instead. */
  readonly change: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const swaps: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '%': '*',
  '&': '|',
  '|': '&',
  '&&': '||',
  '||': '&&',
};
const otherNames: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['max', 'min'],
  ['min', 'max'],
  ['earlierDay', 'laterDay'],
  ['laterDay', 'earlierDay'],
]);

/**
 * Writes a source file with every mutant in it, asleep: `globalThis.mutant` wakes one by its number. So one process can
 * try them all, one after the other, on the loaded program.
 */
export function withMutants(
  file: string,
  text: string,
  firstId: number,
): { readonly text: string; readonly mutants: readonly Mutant[] } {
  const mutants: Mutant[] = [];
  const lines = text.split('\n');
  let depth = 0;
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const declarations = (program.body as unknown as readonly Node[]).map(({ start, end }) => {
    return { start, end, source: createHash('sha256').update(text.slice(start, end)).digest('hex') };
  });

  const note = (node: Node, instead: string): number => {
    const id = firstId + mutants.length;
    const line = text.slice(0, node.start).split('\n').length;
    const was = text.slice(node.start, node.end).replaceAll(/\s+/gu, ' ');
    const within = (lines[line - 1] ?? '').trim();
    const declaration = declarations.find(({ start, end }) => start <= node.start && node.end <= end);
    if (declaration === undefined) throw new Error(`${file}: nothing is declared at ${node.start}`);
    mutants.push({
      id,
      file,
      line,
      at: node.start - declaration.start,
      source: declaration.source,
      within,
      isAtStart: depth === 0,
      change: `${was.slice(0, 70)}  →  ${instead.slice(0, 70)}`,
    });
    return id;
  };

  /** The text of a node with the mutants of all below it, and its own. */
  const write = (node: Node): string => {
    const inner = writeInner(node);
    const choices = insteadOf(node, text).map(
      (instead) => `globalThis.mutant === ${note(node, instead)} ? (${instead}) : `,
    );
    if (choices.length === 0) return inner;
    return node.type === 'ExpressionStatement'
      ? `{ if (globalThis.mutant !== ${mutants.at(-1)?.id}) { ${inner} } }`
      : `(${choices.join('')}(${inner}))`;
  };

  const writeInner = (node: Node): string => {
    let written = '';
    const isCalled = /Function|^PropertyDefinition$/u.test(node.type);
    if (isCalled) depth += 1;
    let at = node.start;
    for (const child of childrenOf(node)) {
      if (child.start < at) continue;
      written += text.slice(at, child.start) + (isLeftAlone(child) ? text.slice(child.start, child.end) : write(child));
      at = child.end;
    }
    if (isCalled) depth -= 1;
    return written + text.slice(at, node.end);
  };

  const body = writeInner(program as unknown as Node);
  return { text: text.slice(0, (program as unknown as Node).start) + body, mutants };
}

/** What might stand in the place of a node; nothing for most. */
function insteadOf(node: Node, text: string): string[] {
  const source = (of: unknown): string => text.slice((of as Node).start, (of as Node).end);
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const operator = String(node['operator']);
      if (operator === '??') return [source(node['left'])];
      const other = swaps[operator];
      const isText = operator === '+' && /['`]/u.test(source(node));
      return other === undefined || isText ? [] : [`(${source(node['left'])}) ${other} (${source(node['right'])})`];
    }
    case 'UnaryExpression':
      return ['!', '-'].includes(String(node['operator'])) ? [source(node['argument'])] : [];
    case 'ConditionalExpression':
      return [source(node['consequent']), source(node['alternate'])];
    case 'Literal':
      if (typeof node['value'] === 'number') return [String(node['value'] + 1)];
      return typeof node['value'] === 'boolean' ? [String(!node['value'])] : [];
    case 'CallExpression': {
      const callee = node['callee'] as Node;
      const name = callee.type === 'MemberExpression' ? (callee['property'] as Node) : callee;
      const other = otherNames.get(source(name));
      if (other === undefined || name.type !== 'Identifier') return [];
      return [text.slice(node.start, name.start) + other + text.slice(name.end, node.end)];
    }
    case 'ExpressionStatement':
      return ['removed'];
    default:
      return [];
  }
}

/** Types, names, patterns and directives are no program that runs. */
function isLeftAlone(node: Node): boolean {
  return (
    /^TS(?!AsExpression|SatisfiesExpression|NonNull)/u.test(node.type) ||
    ['ImportDeclaration', 'ExportAllDeclaration', 'ExportSpecifier', 'Identifier', 'TemplateElement'].includes(
      node.type,
    ) ||
    ('directive' in node && node['directive'] !== null) ||
    (node.type === 'ExpressionStatement' && (node['expression'] as Node).type === 'Super')
  );
}

/** The nodes below a node, in the order of the text; keys of objects and left sides are no expressions. */
function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === 'typeAnnotation' || key === 'typeArguments' || key === 'typeParameters' || key === 'returnType')
      continue;
    if (key === 'key' && node['computed'] !== true) continue;
    if (key === 'id' || (key === 'property' && node['computed'] !== true)) continue;
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) found.push(each);
  }
  return found.sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}
