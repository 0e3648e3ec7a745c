//! Load balancers and listeners.

use base::Time;
use sim::api::{Refused, Value};

use super::rule::Action;

sim::string_enum! {
    /// Where a load balancer's name leads.
    pub enum Scheme { InternetFacing = "internet-facing", Internal = "internal" }
}

sim::string_enum! {
    /// The kinds of load balancers.
    pub enum LoadBalancerType {
        Application = "application", Network = "network", Gateway = "gateway",
    }
}

sim::string_enum! {
    /// The kinds of addresses of a load balancer.
    pub enum IpAddressType {
        Ipv4 = "ipv4", Dualstack = "dualstack",
        DualstackWithoutPublicIpv4 = "dualstack-without-public-ipv4",
    }
}

sim::string_enum! {
    /// What listeners and target groups speak.
    pub enum Protocol {
        Http = "HTTP", Https = "HTTPS", Tcp = "TCP", Tls = "TLS", Udp = "UDP", TcpUdp = "TCP_UDP",
        Geneve = "GENEVE", Quic = "QUIC", TcpQuic = "TCP_QUIC",
    }
}

sim::structure! {
    /// Information about the state of the load balancer.
    pub struct LoadBalancerState {
        /// The state code.
        pub code: String => "Code",
        /// A description of the state.
        pub reason: Option<String> => "Reason",
    }
}

sim::structure! {
    /// Information about a static IP address for a load balancer.
    pub struct LoadBalancerAddress {
        /// The static IP address.
        pub ip_address: Option<String> => "IpAddress",
        /// The allocation ID of the Elastic IP address for an internal-facing load balancer.
        pub allocation_id: Option<String> => "AllocationId",
        /// The private IPv4 address for an internal load balancer.
        pub private_ipv4_address: Option<String> => "PrivateIPv4Address",
        /// The IPv6 address.
        pub ipv6_address: Option<String> => "IPv6Address",
    }
}

sim::structure! {
    /// Information about an Availability Zone.
    pub struct AvailabilityZone {
        /// The name of the Availability Zone.
        pub zone_name: String => "ZoneName",
        /// The ID of the subnet.
        pub subnet_id: String => "SubnetId",
        /// The ID of the Outpost.
        pub outpost_id: Option<String> => "OutpostId",
        /// If you need static IP addresses for your load balancer, you can specify one Elastic IP
        /// address per Availability Zone when you create an internal-facing load balancer.
        pub load_balancer_addresses: Vec<LoadBalancerAddress> => "LoadBalancerAddresses",
        /// The IPv6 prefixes to use for source NAT.
        pub source_nat_ipv6_prefixes: Option<Vec<String>> => "SourceNatIpv6Prefixes",
    }
}

sim::structure! {
    /// Information about a load balancer.
    pub struct LoadBalancer {
        /// The Amazon Resource Name (ARN) of the load balancer.
        pub load_balancer_arn: String => "LoadBalancerArn",
        /// The public DNS name of the load balancer.
        pub dns_name: String => "DNSName",
        /// The ID of the Amazon Route 53 hosted zone associated with the load balancer.
        pub canonical_hosted_zone_id: Option<String> => "CanonicalHostedZoneId",
        /// The date and time the load balancer was created.
        pub created_time: Time => "CreatedTime",
        /// The name of the load balancer.
        pub load_balancer_name: String => "LoadBalancerName",
        /// Whether its nodes have public addresses.
        pub scheme: Scheme => "Scheme",
        /// The ID of the VPC for the load balancer.
        pub vpc_id: String => "VpcId",
        /// The state of the load balancer.
        pub state: LoadBalancerState => "State",
        /// The type of load balancer.
        pub kind: LoadBalancerType => "Type",
        /// The subnets for the load balancer.
        pub availability_zones: Vec<AvailabilityZone> => "AvailabilityZones",
        /// The IDs of the security groups for the load balancer.
        pub security_groups: Vec<String> => "SecurityGroups",
        /// The type of IP addresses used for the load balancer.
        pub ip_address_type: IpAddressType => "IpAddressType",
        /// The ID of the customer-owned address pool.
        pub customer_owned_ipv4_pool: Option<String> => "CustomerOwnedIpv4Pool",
        /// Whether to evaluate inbound security group rules for traffic sent to a Network Load
        /// Balancer through a private link.
        pub enforce_security_group_inbound_rules_on_private_link_traffic: Option<String> =>
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        /// Whether to use an IPv6 prefix from each subnet for source NAT.
        pub enable_prefix_for_ipv6_source_nat: Option<String> => "EnablePrefixForIpv6SourceNat",
        /// The IPAM pool in use by the load balancer, if configured.
        pub ipam_pools: Refused<Value> => "IpamPools",
    }
}

sim::structure! {
    /// An attribute of a load balancer, listener or target group.
    pub struct Attribute {
        /// The name of the attribute.
        pub key: Option<String> => "Key",
        /// The value of the attribute.
        pub value: Option<String> => "Value",
    }
}

sim::structure! {
    /// Information about an SSL server certificate.
    pub struct Certificate {
        /// The Amazon Resource Name (ARN) of the certificate.
        pub certificate_arn: Option<String> => "CertificateArn",
        /// Indicates whether the certificate is the default certificate.
        pub is_default: Option<bool> => "IsDefault",
    }
}

sim::structure! {
    /// Information about a listener.
    pub struct Listener {
        /// The Amazon Resource Name (ARN) of the listener.
        pub listener_arn: String => "ListenerArn",
        /// The Amazon Resource Name (ARN) of the load balancer.
        pub load_balancer_arn: String => "LoadBalancerArn",
        /// The port on which the load balancer is listening.
        pub port: i64 => "Port",
        /// The protocol for connections from clients to the load balancer.
        pub protocol: Protocol => "Protocol",
        /// The default certificate for the listener.
        pub certificates: Option<Vec<Certificate>> => "Certificates",
        /// The security policy that defines which protocols and ciphers are supported.
        pub ssl_policy: Option<String> => "SslPolicy",
        /// The default actions for the listener.
        pub default_actions: Vec<Action> => "DefaultActions",
        /// The name of the Application-Layer Protocol Negotiation (ALPN) policy.
        pub alpn_policy: Option<Vec<String>> => "AlpnPolicy",
        /// The mutual authentication configuration information.
        pub mutual_authentication: Refused<Value> => "MutualAuthentication",
    }
}
