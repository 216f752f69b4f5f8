import { parseArgs } from 'node:util';
import { Conflict, NotFound, UnreadableInput } from '#kernel';
import { type Call, type Command, type Surroundings, WrongUse } from './command.ts';

const everyCommand = { json: 'flag', municipality: 'text', as: 'text', reason: 'text', help: 'flag' } as const;

/**
 * Runs one command line and answers its exit code: 0 done, 1 something was refused or differs, 2 wrong use or
 * unreadable input. What goes wrong is one clear line; a stack trace only with SESSHU_DEBUG=1.
 */
export async function runCommand(
  words: readonly string[],
  commands: readonly Command[],
  around: Surroundings,
): Promise<number> {
  try {
    const command = findCommand(words, commands);
    if (command === undefined || words.includes('--help')) return printHelp(command, words, commands, around);
    const call = parseCall(command, words);
    const answer = await command.run(call, around);
    if (answer === undefined) return 0;
    for (const note of answer.notes ?? []) around.messages.write(`${note}\n`);
    const text = call.options['json'] === true ? JSON.stringify(answer.json) : answer.lines.join('\n');
    if (text !== '') around.output.write(`${text}\n`);
    return answer.exitCode;
  } catch (error) {
    around.messages.write(`sesshu: ${await sentenceOf(error)}\n`);
    if (around.environment['SESSHU_DEBUG'] === '1' && error instanceof Error) around.messages.write(`${error.stack}\n`);
    return 2;
  }
}

/** The option's value, or undefined when it was not given. */
export function findOption(call: Call, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The option's value; not given is wrong use. */
export function getOption(call: Call, name: string): string {
  const value = findOption(call, name);
  if (value === undefined || value === '') throw new WrongUse(`--${name} を指定してください。`);
  return value;
}

/** The n-th word behind the command; none is wrong use. */
export function getWord(call: Call, index: number, what: string): string {
  const word = call.words[index];
  if (word === undefined || word === '') throw new WrongUse(`${what} を指定してください。`);
  return word;
}

function findCommand(words: readonly string[], commands: readonly Command[]): Command | undefined {
  const said = words.filter((word) => !word.startsWith('-'));
  return commands
    .filter((command) => command.path.split(' ').every((word, i) => said[i] === word))
    .sort((a, b) => b.path.length - a.path.length)
    .at(0);
}

function parseCall(command: Command, words: readonly string[]): Call {
  const options = Object.fromEntries(
    Object.entries({ ...everyCommand, ...command.options }).map(([name, kind]) => [
      name,
      { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    return { words: parsed.positionals.slice(command.path.split(' ').length), options: parsed.values };
  } catch (error) {
    throw new WrongUse(`${wrongOption(error)}使い方: sesshu ${command.path} --help`);
  }
}

/** Names the option that the runtime's English sentence is about. */
function wrongOption(error: unknown): string {
  const { code, message } = error instanceof Error && 'code' in error ? error : { code: null, message: String(error) };
  const name = /'(-[^\s'<]*)/u.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `「${name}」という指定はありません。`;
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return `「${name}」の値の書き方が違います。`;
  return `${message} `;
}

function printHelp(
  command: Command | undefined,
  words: readonly string[],
  commands: readonly Command[],
  around: Surroundings,
): number {
  if (command !== undefined) {
    const options = Object.entries(command.options).map(([name, kind]) => `  --${name}${kind === 'text' ? ' …' : ''}`);
    around.output.write(
      [`sesshu ${command.path} ${command.usage}`.trimEnd(), command.summary, ...options, ''].join('\n'),
    );
    return 0;
  }
  if (words.length > 0 && !words.includes('--help')) {
    around.messages.write(`sesshu: ${unknownCommand(words, commands)}\n`);
    return 2;
  }
  const width = Math.max(...commands.map((each) => `${each.path} ${each.usage}`.length));
  const list = commands.map((each) => `  sesshu ${`${each.path} ${each.usage}`.padEnd(width)}  ${each.summary}`);
  around.output.write(`${list.join('\n')}\n`);
  return 0;
}

/** What was begun like a command is told how it can go on. */
function unknownCommand(words: readonly string[], commands: readonly Command[]): string {
  const said = words.join(' ');
  const begun = commands.map(({ path }) => path).filter((path) => path.startsWith(`${said} `));
  const nexts = [...new Set(begun.map((path) => path.slice(said.length + 1).split(' ')[0]))].join('、');
  return nexts === ''
    ? `「${said}」というコマンドはありません。sesshu --help で一覧を見てください。`
    : `「${said}」のあとに、${nexts} のどれかを書いてください。使い方は sesshu --help で見られます。`;
}

async function sentenceOf(error: unknown): Promise<string> {
  // What failed first is what a person must know; that closing failed too follows from it.
  if (error instanceof SuppressedError) return await sentenceOf(error.suppressed);
  const isExpected = error instanceof WrongUse || error instanceof UnreadableInput || error instanceof NotFound;
  if (isExpected || error instanceof Conflict) return error.message;
  // Only what failed without a sentence of its own may be the database's: a command may do without one.
  const { explainDatabaseTrouble } = await import('#platform/postgres');
  const trouble = explainDatabaseTrouble(error);
  if (trouble !== undefined) return trouble;
  const { code, path } = error as { readonly code?: string; readonly path?: string };
  if (code === 'ENOENT') return `ファイルがありません: ${path ?? ''}`;
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR') {
    return `${path ?? ''} は使えません。同じ名前のファイルやフォルダーが途中にないかを確かめてください。`;
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `${path ?? ''} を読み書きする権限がありません。置き場所と、この利用者の権限を確かめてください。`;
  }
  return error instanceof Error ? error.message.replaceAll(/\s*\n\s*/gu, ' ') : String(error);
}
