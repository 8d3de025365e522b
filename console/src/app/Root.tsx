// What stands around all pages: languages, theme, requests, and who is signed in.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import { createHashRouter, Navigate, RouterProvider } from 'react-router-dom';
import { ApiError } from '../api/errors';
import { pages } from '../pages';
import { SignIn } from '../pages/signin/SignIn';
import { PageError } from './PageError';
import { Shell } from './Shell';
import { LanguageProvider } from './text';
import { ThemeProvider } from './theme';
import { useSession } from './useSession';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && error.passing,
    },
  },
});

// Behind the '#': a path would be a bucket's.
const router = createHashRouter([
  {
    element: <Shell />,
    errorElement: <PageError />,
    children: [
      { path: '/', element: <Navigate to="/overview" replace /> },
      ...pages.map(({ path, Component }) => ({
        path: `${path}/*`, element: <Component />, errorElement: <PageError />,
      })),
      { path: '*', element: <Navigate to="/overview" replace /> },
    ],
  },
]);

function Gate() {
  const account = useSession();
  // Nothing that one user has seen is there for the next.
  const arn = account?.identity.arn;
  useEffect(() => () => queries.clear(), [arn]);
  return account ? <RouterProvider router={router} /> : <SignIn />;
}

export function Root() {
  return (
    <LanguageProvider>
      <ThemeProvider>
        <QueryClientProvider client={queries}>
          <Gate />
        </QueryClientProvider>
      </ThemeProvider>
    </LanguageProvider>
  );
}
