//! Permissions boundaries of users and roles.

use crate::iam::ops::policy_family::attachable;
use crate::iam::rules;
use crate::iam::rules::check_access;
use crate::iam::rules::check_named;
use crate::iam::rules::named_arn;
use sim::api::{ApiError, Write};
use sim::{Cx, World};

macro_rules! boundary_family {
    (
        $table:ident, name $name:literal = $member:literal, noun $noun:literal,
        put $put:ident $put_out:ident $put_action:literal,
        delete $delete:ident $delete_out:ident $delete_action:literal,
        refuses [$($also:literal)*],
    ) => {
        sim::operation! {
            /// Sets the managed policy that bounds what the identity may do.
            write $put in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The ARN of the managed policy.
                permissions_boundary: String => "PermissionsBoundary",
            }
            output $put_out {}
            errors ["InvalidInput", "NoSuchEntity", "ValidationError" $(, $also)*]
            access itself
        }

        impl Write for $put {
            type Output = $put_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, 64)?;
                let conditions =
                    vec![("iam:PermissionsBoundary", self.permissions_boundary.clone())];
                let resource =
                    named_arn(world, &world.get::<crate::iam::State>().$table, &self.owner);
                check_access(world, cx, $put_action, &resource, conditions)?;
                world.get::<crate::iam::State>().$table.get(&self.owner)?;
                attachable(world, &self.permissions_boundary)?;
                let found = world.get_mut::<crate::iam::State>().$table.changeable(&self.owner)?;
                found.entity.boundary = Some(self.permissions_boundary);
                Ok($put_out {})
            }
        }

        sim::operation! {
            /// Takes the permissions boundary of the identity away.
            write $delete in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
            }
            output $delete_out {}
            errors ["NoSuchEntity", "ValidationError" $(, $also)*]
            access itself
        }

        impl Write for $delete {
            type Output = $delete_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, 64)?;
                check_named(
                    world,
                    cx,
                    $delete_action,
                    &world.get::<crate::iam::State>().$table,
                    &self.owner,
                )?;
                world.get_mut::<crate::iam::State>().$table.changeable(&self.owner)?.entity.boundary =
                    None;
                Ok($delete_out {})
            }
        }
    };
}

boundary_family! {
    users, name "UserName" = "userName", noun "The name of the user.",
    put PutUserPermissionsBoundary PutUserPermissionsBoundaryOutput "iam:PutUserPermissionsBoundary",
    delete DeleteUserPermissionsBoundary DeleteUserPermissionsBoundaryOutput
        "iam:DeleteUserPermissionsBoundary",
    refuses [],
}

boundary_family! {
    roles, name "RoleName" = "roleName", noun "The name of the role.",
    put PutRolePermissionsBoundary PutRolePermissionsBoundaryOutput "iam:PutRolePermissionsBoundary",
    delete DeleteRolePermissionsBoundary DeleteRolePermissionsBoundaryOutput
        "iam:DeleteRolePermissionsBoundary",
    refuses ["UnmodifiableEntity"],
}
