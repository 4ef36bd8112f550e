// libgit2 1.5's archive holds its TLS, SSH, HTTP and Kerberos transports in four objects: mbedtls, ssh, httpclient and
// auth_negotiate. Amx speaks HTTP itself and never starts them, but initialising the first reads the system's whole CA
// bundle. Defining their entry points here keeps the linker from pulling those objects in; each refuses when called.
#include <stddef.h>

#include "CGit2Local.h"

#define REFUSE(name) int name(void); int name(void) { return -1; }
#define ACCEPT(name) int name(void); int name(void) { return 0; }

ACCEPT(git_mbedtls_stream_global_init)
ACCEPT(git_transport_ssh_global_init)
REFUSE(git_mbedtls__set_cert_location)
REFUSE(git_mbedtls_stream_new)
REFUSE(git_mbedtls_stream_wrap)
REFUSE(git_smart_subtransport_ssh)
REFUSE(git_transport_ssh_with_paths)
REFUSE(git_http_client_new)
REFUSE(git_http_client_read_body)
REFUSE(git_http_client_read_response)
REFUSE(git_http_client_send_body)
REFUSE(git_http_client_send_request)
REFUSE(git_http_client_skip_body)
REFUSE(git_http_auth_negotiate)
ACCEPT(git_http_client_has_response)
ACCEPT(git_http_response_is_redirect)

void git_http_client_free(void *client);
void git_http_client_free(void *client) { (void)client; }
void git_http_response_dispose(void *response);
void git_http_response_dispose(void *response) { (void)response; }
