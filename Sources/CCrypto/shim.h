#pragma once
// The one-shot and incremental SHA-256 functions are used on purpose: unlike EVP they need no provider to be loaded.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
