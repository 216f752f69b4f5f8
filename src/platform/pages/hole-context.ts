/** Where a hole of a template stands: in text, between the attributes of a tag, or in a quoted attribute's value. */
export type HoleContext =
  | { readonly kind: 'text' }
  | { readonly kind: 'tag' }
  | { readonly kind: 'attribute'; readonly attribute: string; readonly isWhole: boolean };

const known = new WeakMap<TemplateStringsArray, readonly HoleContext[]>();

/**
 * The place of every hole of a template, found once per template. Throws where nothing may stand: in a tag's name,
 * an unquoted value, a comment, a script or a style, and in attributes that run script or style.
 */
export function holeContextsOf(strings: TemplateStringsArray): readonly HoleContext[] {
  const found = known.get(strings);
  if (found !== undefined) return found;
  const contexts = readContexts(strings);
  known.set(strings, contexts);
  return contexts;
}

type State =
  | { readonly at: 'text' }
  | { readonly at: 'name'; readonly tag: string }
  | { readonly at: 'tag'; readonly tag: string; readonly unfinished: string }
  | {
      readonly at: 'value';
      readonly tag: string;
      readonly attribute: string;
      readonly quote: string;
      readonly isEmpty: boolean;
    };

function readContexts(strings: readonly string[]): readonly HoleContext[] {
  const contexts: HoleContext[] = [];
  let state: State = { at: 'text' };
  for (const [index, piece] of strings.entries()) {
    for (let i = 0; i < piece.length; i += 1) state = step(state, piece, i);
    if (index === strings.length - 1) break;
    // A piece that ends right behind a tag's name (`<input${…}`) goes on with attributes, which bring their blank.
    if (state.at === 'name' && /^[a-z]/iu.test(state.tag)) state = { at: 'tag', tag: state.tag, unfinished: '' };
    contexts.push(contextOf(state));
    if (state.at === 'value') state = { ...state, isEmpty: false };
  }
  if (state.at !== 'text') throw new TypeError('a template ends inside a tag');
  return contexts;
}

function contextOf(state: State): HoleContext {
  if (state.at === 'text') return { kind: 'text' };
  if (state.at === 'name') throw new TypeError("nothing may stand in a tag's name");
  if (state.at === 'tag') {
    if (state.unfinished === '') return { kind: 'tag' };
    throw new TypeError(`the attribute ${state.unfinished} must be written with quotes`);
  }
  if (/^(?:on|style$|srcdoc$)/iu.test(state.attribute)) {
    throw new TypeError(`the content security policy forbids the attribute ${state.attribute}`);
  }
  return { kind: 'attribute', attribute: state.attribute, isWhole: state.isEmpty };
}

function step(state: State, piece: string, i: number): State {
  const character = piece[i] ?? '';
  if (state.at === 'text') return readText(piece, i, character);
  if (state.at === 'name') return readName(state, piece, i, character);
  if (state.at === 'tag') return readTag(state, piece, i, character);
  if (character === state.quote) return { at: 'tag', tag: state.tag, unfinished: '' };
  return state.isEmpty ? { ...state, isEmpty: false } : state;
}

function readText(piece: string, i: number, character: string): State {
  if (character !== '<') return { at: 'text' };
  const next = piece[i + 1];
  if (piece.startsWith('<!--', i)) throw new TypeError('comments have no place in a template: they would be sent');
  return next === undefined || /[a-z/!]/iu.test(next) ? { at: 'name', tag: '' } : { at: 'text' };
}

function readName(state: Extract<State, { at: 'name' }>, piece: string, i: number, character: string): State {
  if (character === '>') return afterTag(state.tag, piece, i);
  if (/\s/u.test(character)) return { at: 'tag', tag: state.tag, unfinished: '' };
  return { at: 'name', tag: state.tag + character.toLowerCase() };
}

function readTag(state: Extract<State, { at: 'tag' }>, piece: string, i: number, character: string): State {
  if (character === '>') return afterTag(state.tag, piece, i);
  if (character === '"' || character === "'") {
    return { at: 'value', tag: state.tag, attribute: state.unfinished.slice(0, -1), quote: character, isEmpty: true };
  }
  if (/[\s/]/u.test(character)) return state.unfinished.endsWith('=') ? state : { ...state, unfinished: '' };
  return { ...state, unfinished: state.unfinished + character };
}

function afterTag(tag: string, piece: string, i: number): State {
  if (tag === 'style' || (tag === 'script' && !piece.startsWith('</script>', i + 1))) {
    throw new TypeError('scripts and styles stand in files: the content security policy forbids them inline');
  }
  return { at: 'text' };
}
