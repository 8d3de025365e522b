// What a model wrote, as Markdown. Elements are made of what was read; HTML in it stays text,
// pictures are not fetched, and links lead to web addresses only.
import { lexer, type Token, type Tokens } from 'marked';
import { memo, type ReactNode } from 'react';
import { CopyButton } from '../../components/Command';
import styles from './Markdown.module.css';

// Nothing that a model writes nests deeper; what does is shown as it was written.
const DEEPEST = 24;

const all = (tokens: Token[] | undefined, depth: number): ReactNode =>
  tokens?.map((token, i) => <Part key={i} token={token} depth={depth + 1} />);

function Code({ text }: { text: string }) {
  return (
    <div className={styles.code}>
      <pre tabIndex={0}><code>{text}</code></pre>
      <CopyButton text={text} />
    </div>
  );
}

function Heading({ token, depth }: { token: Tokens.Heading; depth: number }) {
  // The page has the two upper ones.
  const Level = `h${Math.min(token.depth + 2, 5)}` as 'h3';
  return <Level>{all(token.tokens, depth)}</Level>;
}

function List({ token, depth }: { token: Tokens.List; depth: number }) {
  const items = token.items.map((item, i) => <li key={i}>{all(item.tokens, depth)}</li>);
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ token, depth }: { token: Tokens.Table; depth: number }) {
  return (
    <table>
      <thead>
        <tr>{token.header.map((cell, i) => <th key={i}>{all(cell.tokens, depth)}</th>)}</tr>
      </thead>
      <tbody>
        {token.rows.map((row, i) => (
          <tr key={i}>{row.map((cell, j) => <td key={j}>{all(cell.tokens, depth)}</td>)}</tr>
        ))}
      </tbody>
    </table>
  );
}

function Link({ token, depth }: { token: Tokens.Link; depth: number }) {
  if (!/^https?:\/\//i.test(token.href)) return token.raw;
  return (
    <a href={token.href} target="_blank" rel="noopener noreferrer nofollow">
      {all(token.tokens, depth)}
    </a>
  );
}

// What marked escapes it has not written as HTML here.
function Part({ token, depth }: { token: Token; depth: number }): ReactNode {
  if (depth > DEEPEST) return token.raw;
  switch (token.type) {
    case 'space': return null;
    case 'paragraph': return <p>{all(token.tokens, depth)}</p>;
    case 'heading': return <Heading token={token as Tokens.Heading} depth={depth} />;
    case 'code': return <Code text={token.text} />;
    case 'blockquote': return <blockquote>{all(token.tokens, depth)}</blockquote>;
    case 'list': return <List token={token as Tokens.List} depth={depth} />;
    case 'table': return <Table token={token as Tokens.Table} depth={depth} />;
    case 'hr': return <hr />;
    case 'br': return <br />;
    case 'strong': return <strong>{all(token.tokens, depth)}</strong>;
    case 'em': return <em>{all(token.tokens, depth)}</em>;
    case 'del': return <del>{all(token.tokens, depth)}</del>;
    case 'codespan': return <code>{token.text}</code>;
    case 'link': return <Link token={token as Tokens.Link} depth={depth} />;
    case 'escape': return token.text;
    case 'text': return 'tokens' in token && token.tokens ? all(token.tokens, depth) : token.text;
    default: return token.raw;
  }
}

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return <div className={styles.text}>{all(lexer(text), 0)}</div>;
});
