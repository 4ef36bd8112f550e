import CCurl

extension HTTPExchange {
    // The context of each is an HTTPExchange that its session keeps alive until the transfer is off the loop.

    static let writeCallback: amx_curl_data_callback = { data, size, count, context in
        guard let data, let context else { return 0 }
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
        return exchange.received(UnsafeRawBufferPointer(start: data, count: size &* count))
    }

    static let headerCallback: amx_curl_data_callback = { data, size, count, context in
        guard let data, let context else { return 0 }
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
        return exchange.header(UnsafeRawBufferPointer(start: data, count: size &* count))
    }

    static let readCallback: amx_curl_data_callback = { data, size, count, context in
        guard let data, let context else { return Int(CURL_READFUNC_ABORT) }
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
        return exchange.wanted(UnsafeMutableRawBufferPointer(start: data, count: size &* count))
    }
}
