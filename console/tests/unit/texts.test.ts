// Every text is there in both languages, and none is written into the code of a page.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SRC = join(__dirname, '../../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
const letters = /\p{L}{2,}/u;
const han = /\p{Script=Han}/u;
// Names that are the same in every language.
const NAME = /^[\w\s./:+#()[\]{}<>=@,&%·—–…-]*$/;

type Value = string | ((...values: unknown[]) => string);

describe('texts', () => {
  const messages = import.meta.glob<{ text: { en: object; zh: object } }>(
    '../../src/**/messages.ts', { eager: true });
  it.each(Object.entries(messages))('%s', (_, { text }) => {
    const en = Object.entries(text.en) as [string, Value][];
    const zh = new Map(Object.entries(text.zh) as [string, Value][]);
    expect([...zh.keys()].sort()).toEqual(en.map(([name]) => name).sort());
    for (const [name, value] of en) {
      const other = zh.get(name)!;
      expect(typeof other, name).toBe(typeof value);
      if (typeof value !== 'string' || typeof other !== 'string') continue;
      expect(value.trim(), name).not.toBe('');
      expect(other.trim(), name).not.toBe('');
      // What is not a bare name has been translated. (The switch of languages is in the other.)
      const translated = han.test(other) || han.test(value) || (value === other && NAME.test(value));
      expect(translated, `${name}: ${other}`).toBe(true);
    }
  });
});

function writtenTexts(file: string): string[] {
  const source = ts.createSourceFile(
    file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const shown = ['title', 'label', 'placeholder', 'alt', 'aria-label', 'description', 'okText'];
  const visit = (node: ts.Node) => {
    if (ts.isJsxText(node) && letters.test(node.text)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && shown.includes(node.name.getText()) && node.initializer &&
        ts.isStringLiteral(node.initializer) && letters.test(node.initializer.text)) {
      found.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('pages', () => {
  it.each(files.filter((file) => file.endsWith('.tsx')))('%s has no text of its own', (file) => {
    expect(writtenTexts(file)).toEqual([]);
  });
});
