// Markdown as elements. HTML in it is shown as what is written; links and pictures of elsewhere are
// shown as text, since nothing is loaded from elsewhere.
import { lexer, type Token, type Tokens } from 'marked';
import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import styles from './Preview.module.css';

function unescape(text: string): string {
  // The lexer escapes what is not code for HTML; React does so itself.
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) =>
    ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!);
}

function children(tokens: Token[] | undefined): ReactNode {
  return tokens?.map((token, i) => <Fragment key={i}>{element(token)}</Fragment>);
}

function link({ href, tokens }: Tokens.Link): ReactNode {
  if (!/^(https?|mailto):/i.test(href)) return children(tokens);
  return <a href={href} target="_blank" rel="noreferrer noopener">{children(tokens)}</a>;
}

function table({ header, rows }: Tokens.Table): ReactNode {
  return (
    <table>
      <thead><tr>{header.map((cell, i) => <th key={i}>{children(cell.tokens)}</th>)}</tr></thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}>{row.map((cell, j) => <td key={j}>{children(cell.tokens)}</td>)}</tr>
        ))}
      </tbody>
    </table>
  );
}

function list({ ordered, items, start }: Tokens.List): ReactNode {
  const rows = items.map((item, i) => (
    <li key={i}>{item.task ? (item.checked ? '☑ ' : '☐ ') : null}{children(item.tokens)}</li>
  ));
  return ordered ? <ol start={start || 1}>{rows}</ol> : <ul>{rows}</ul>;
}

function element(token: Token): ReactNode {
  switch (token.type) {
    case 'heading':
      // The page's own headings stand above it.
      return createElement(`h${Math.min(token.depth + 2, 6)}`, null, children(token.tokens));
    case 'paragraph':
      return <p>{children(token.tokens)}</p>;
    case 'blockquote':
      return <blockquote>{children(token.tokens)}</blockquote>;
    case 'list':
      return list(token as Tokens.List);
    case 'table':
      return table(token as Tokens.Table);
    case 'code':
      return <pre tabIndex={0}><code>{token.text}</code></pre>;
    case 'codespan':
      return <code>{unescape(token.text as string)}</code>;
    case 'strong':
      return <strong>{children(token.tokens)}</strong>;
    case 'em':
      return <em>{children(token.tokens)}</em>;
    case 'del':
      return <del>{children(token.tokens)}</del>;
    case 'link':
      return link(token as Tokens.Link);
    case 'br':
      return <br />;
    case 'hr':
      return <hr />;
    case 'space':
    case 'def':
      return null;
    case 'text':
      return token.tokens ? children(token.tokens) : unescape(token.text as string);
    default:
      return token.raw; // HTML, pictures and whatever else
  }
}

export default function Markdown({ source }: { source: string }) {
  const tokens = useMemo(() => lexer(source), [source]);
  return <div className={styles.markdown}>{children(tokens)}</div>;
}
