//! Permissions boundaries of users and roles.

use crate::api::{ApiError, Write};
use crate::aws::iam::rules;
use crate::{Cx, World};

macro_rules! boundary_family {
    (
        $table:ident, name $name:literal = $member:literal, noun $noun:literal,
        put $put:ident $put_out:ident $put_action:literal,
        delete $delete:ident $delete_out:ident $delete_action:literal,
    ) => {
        crate::operation! {
            /// Sets the managed policy that bounds what the identity may do.
            write $put in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
                /// The ARN of the managed policy.
                permissions_boundary: String => "PermissionsBoundary",
            }
            output $put_out {}
            errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
            access itself
        }

        impl Write for $put {
            type Output = $put_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, 64)?;
                let conditions =
                    vec![("iam:PermissionsBoundary", self.permissions_boundary.clone())];
                let resource = world.named_arn(&world.iam.$table, &self.owner);
                world.check_access(cx, $put_action, &resource, conditions)?;
                world.iam.$table.get(&self.owner)?;
                world.attachable(&self.permissions_boundary)?;
                let found = world.iam.$table.get_mut(&self.owner)?;
                found.entity.boundary = Some(self.permissions_boundary);
                Ok($put_out {})
            }
        }

        crate::operation! {
            /// Takes the permissions boundary of the identity away.
            write $delete in "iam" = "POST /";
            input {
                #[doc = $noun]
                owner: String => $name,
            }
            output $delete_out {}
            errors ["NoSuchEntity", "ValidationError"]
            access itself
        }

        impl Write for $delete {
            type Output = $delete_out;
            fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
                rules::name(&self.owner, $member, 64)?;
                world.check_named(cx, $delete_action, &world.iam.$table, &self.owner)?;
                world.iam.$table.get_mut(&self.owner)?.entity.boundary = None;
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
}

boundary_family! {
    roles, name "RoleName" = "roleName", noun "The name of the role.",
    put PutRolePermissionsBoundary PutRolePermissionsBoundaryOutput "iam:PutRolePermissionsBoundary",
    delete DeleteRolePermissionsBoundary DeleteRolePermissionsBoundaryOutput
        "iam:DeleteRolePermissionsBoundary",
}
