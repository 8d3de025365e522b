// Menu, header and the page in it.
import {
  BulbOutlined, LogoutOutlined, MenuOutlined, TranslationOutlined, UserOutlined,
} from '@ant-design/icons';
import { App, Button, Drawer, Dropdown, Grid, Layout, Menu, Modal, Spin, Tooltip, theme } from 'antd';
import { Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { Link, Outlet, useLocation, useNavigate } from 'react-router-dom';
import { server } from '../api/http';
import logo from '../assets/lakeside.svg';
import { pages } from '../pages';
import { leave } from '../pages/signin/enter';
import { SignInForm } from '../pages/signin/SignInForm';
import { uploads } from '../uploads/store';
import { text } from './messages';
import styles from './Shell.module.css';
import { useLanguage, useText } from './text';
import { type Mode, useMode } from './theme';
import { useExpired, useSession } from './useSession';
import { lazyPart } from './patient';

const UploadPanel = lazyPart(() => import('../uploads/Panel'));

function PageMenu({ onChoose }: { onChoose?: () => void }) {
  const { language } = useLanguage();
  const { pathname } = useLocation();
  const current = pages.find(({ path }) => pathname.startsWith(`/${path}`))?.path ?? '';
  const items = pages.map(({ path, icon, label }) => ({
    key: path, icon, label: <Link to={`/${path}`}>{label[language]}</Link>,
  }));
  return (
    <Menu mode="inline" className={styles.menu} selectedKeys={[current]} items={items}
      onClick={onChoose} />
  );
}

function Brand() {
  return (
    <Link to="/overview" className={styles.brand}>
      <img src={logo} alt="" width={28} height={28} />
      <span>{'Lakeside'}</span>
    </Link>
  );
}

export function LanguageButton() {
  const t = useText(text);
  const { language, setLanguage } = useLanguage();
  return (
    <Tooltip title={t.language}>
      <Button type="text" icon={<TranslationOutlined />} aria-label={t.language}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')} />
    </Tooltip>
  );
}

export function ThemeButton() {
  const t = useText(text);
  const { mode, setMode } = useMode();
  const modes: Mode[] = ['light', 'dark', 'system'];
  return (
    <Dropdown trigger={['click']} menu={{
      selectedKeys: [mode],
      items: modes.map((key) => ({ key, label: t[key as 'light'] })),
      onClick: ({ key }) => setMode(key as Mode),
    }}>
      <Button type="text" icon={<BulbOutlined />} aria-label={t.theme} />
    </Dropdown>
  );
}

function AccountButton({ small }: { small: boolean }) {
  const t = useText(text);
  const account = useSession();
  const navigate = useNavigate();
  const { message } = App.useApp();
  if (!account) return null;
  const { kind, name, accountId } = account.identity;
  // Whoever signs in next begins at the beginning.
  const out = () => {
    void navigate('/');
    void leave().then((ended) => { if (!ended) void message.warning(t.notEnded, 10); });
  };
  const shown = kind === 'root' ? t.root : name;
  return (
    <Dropdown trigger={['click']} menu={{
      items: [
        {
          key: 'who', type: 'group',
          label: <div className={styles.who}>{t[kind]}<br />{`${shown} · ${accountId}`}</div>,
        },
        { key: 'out', icon: <LogoutOutlined />, label: t.signOut, onClick: out },
      ],
    }}>
      <Button type="text" icon={<UserOutlined />} aria-label={`${t.account}: ${shown}`} className={styles.account}>
        {small ? null : shown}
      </Button>
    </Dropdown>
  );
}

// The page stays as it is behind it; whatever waits goes on after signing in.
function SignInAgain() {
  const t = useText(text);
  const expired = useExpired();
  return (
    <Modal open={expired} title={t.expiredTitle} footer={null} closable={false} destroyOnHidden
      mask={{ closable: false }} keyboard={false}>
      <p>{t.expiredText}</p>
      <SignInForm />
    </Modal>
  );
}

export function Shell() {
  const t = useText(text);
  const { language } = useLanguage();
  const { token } = theme.useToken();
  const { pathname } = useLocation();
  const narrow = !(Grid.useBreakpoint().md ?? true);
  const [open, setOpen] = useState(false);
  const sent = useSyncExternalStore(uploads.subscribe, uploads.get);
  // Elsewhere, what has ended well is in nobody's way.
  const uploading = sent.some(({ state }) => state !== 'done' || pathname.startsWith('/objects'));
  const page = pages.find(({ path }) => pathname.startsWith(`/${path}`));
  const title = page?.label[language] ?? '';
  useEffect(() => {
    document.title = `${title} · Lakeside`;
  }, [title]);
  const surface = { background: token.colorBgContainer };
  const line = `1px solid ${token.colorBorderSecondary}`;

  return (
    <Layout className={styles.page}>
      <a className={styles.skip} href="#content" onClick={(event) => {
        event.preventDefault();
        document.getElementById('content')?.focus();
      }}>{t.skip}</a>
      {narrow ? (
        <Drawer open={open} onClose={() => setOpen(false)} placement="left" size={240}
          title={<Brand />} styles={{ body: { padding: 8 } }}>
          <nav aria-label={t.navigation}><PageMenu onChoose={() => setOpen(false)} /></nav>
        </Drawer>
      ) : (
        <Layout.Sider width={216} className={styles.sider} style={{ ...surface, borderInlineEnd: line }}>
          <Brand />
          <nav aria-label={t.navigation}><PageMenu /></nav>
          <div className={styles.version} style={{ color: token.colorTextDescription }}>
            {server.version && `Lakeside ${server.version}`}
          </div>
        </Layout.Sider>
      )}
      <Layout>
        <Layout.Header className={styles.header} style={{ ...surface, borderBottom: line }}>
          {narrow && (
            <Button type="text" icon={<MenuOutlined />} aria-label={t.openMenu}
              onClick={() => setOpen(true)} />
          )}
          <h1 className={styles.title}>{title}</h1>
          <LanguageButton />
          <ThemeButton />
          <AccountButton small={narrow} />
        </Layout.Header>
        <Layout.Content>
          <main id="content" tabIndex={-1} className={styles.content}>
            <Suspense fallback={<Spin className={styles.spin} aria-label={t.loading} />}>
              <Outlet />
            </Suspense>
          </main>
        </Layout.Content>
      </Layout>
      {uploading && <Suspense><UploadPanel /></Suspense>}
      <SignInAgain />
    </Layout>
  );
}
