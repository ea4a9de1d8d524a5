//! The table of a service's endpoints. Routes are registered from it alone, so a test that goes through the table has
//! gone through every route; and a protected row's permission is read off its handler, so the two cannot disagree.

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, CACHE_CONTROL};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, Responder, Route, web};

use super::caller::Caller;
use crate::permission::{Permission, Requirement};

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Whoever proves who they are in the request itself: a client at the token endpoint, a person at the log-in.
    Credentials,
    /// Whoever brings an access token with this permission.
    Permission(Requirement),
}

/// One row of the table.
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, in actix-web's notation.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    route: Route,
}

/// The arguments of a handler whose first one is a [`Caller`].
pub trait LedByCaller {
    /// The caller's permission.
    type Permission: Permission;
    /// The other arguments.
    type Rest: FromRequest;

    /// All arguments: the caller, who is settled first, and the rest.
    fn join(caller: Caller<Self::Permission>, rest: Self::Rest) -> Self;
}

macro_rules! led_by_caller {
    ($($Other:ident $other:ident),*) => {
        impl<P: Permission, $($Other: FromRequest + 'static),*> LedByCaller for (Caller<P>, $($Other),*) {
            type Permission = P;
            type Rest = ($($Other,)*);

            fn join(caller: Caller<P>, ($($other,)*): Self::Rest) -> Self {
                (caller, $($other),*)
            }
        }
    };
}

led_by_caller!();
led_by_caller!(A a);
led_by_caller!(A a, B b);
led_by_caller!(A a, B b, C c);
led_by_caller!(A a, B b, C c, D d);
led_by_caller!(A a, B b, C c, D d, E e);

impl Endpoint {
    /// An endpoint for callers with a permission: that of the [`Caller`] which must be the handler's first argument.
    /// The caller is settled before anything else of the request is read, so a stranger learns nothing from how his
    /// body is refused.
    pub fn protected<F, Args>(method: Method, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: LedByCaller + 'static,
        F::Output: Responder + 'static,
    {
        let run = move |request: HttpRequest, payload: web::Payload| {
            let handler = handler.clone();
            async move {
                let caller = Caller::of(&request).await?;
                let rest = Args::Rest::from_request(&request, &mut payload.into_inner()).await.map_err(Into::into)?;
                Ok::<_, Error>(handler.call(Args::join(caller, rest)).await)
            }
        };
        let access = Access::Permission(Args::Permission::REQUIREMENT);
        Self { route: web::method(method.clone()).to(run), method, path, access }
    }

    /// An endpoint for anyone.
    pub fn public<F, Args>(method: Method, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self { route: web::method(method.clone()).to(handler), method, path, access: Access::Public }
    }

    /// An endpoint that checks credentials in the request itself.
    pub fn credentials<F, Args>(method: Method, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self { access: Access::Credentials, ..Self::public(method, path, handler) }
    }
}

/// Registers the endpoints, and answers every other method on their paths with 405 and `Allow`.
pub fn register(endpoints: Vec<Endpoint>, config: &mut web::ServiceConfig) {
    let mut paths: Vec<(&'static str, Vec<Endpoint>)> = Vec::new();
    for endpoint in endpoints {
        match paths.iter_mut().find(|(path, _)| *path == endpoint.path) {
            Some((_, rows)) => rows.push(endpoint),
            None => paths.push((endpoint.path, vec![endpoint])),
        }
    }
    for (path, rows) in paths {
        let allow = rows.iter().map(|row| row.method.as_str()).collect::<Vec<_>>().join(", ");
        let mut resource = web::resource(path);
        for row in rows {
            resource = resource.route(row.route);
        }
        config.service(resource.default_service(web::to(move || {
            let allow = allow.clone();
            async move {
                HttpResponse::MethodNotAllowed()
                    .insert_header((ALLOW, allow))
                    .insert_header((CACHE_CONTROL, "no-store"))
                    .finish()
            }
        })));
    }
}
